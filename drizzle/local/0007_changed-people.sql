CREATE TABLE `changed_people` (
	`change` integer PRIMARY KEY NOT NULL,
	`participant_id` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `changed_people_person` ON `changed_people` (`participant_id`);--> statement-breakpoint
CREATE TRIGGER `changed_people_link` AFTER UPDATE OF session_id, state, participant_id, location_id, at ON `read_links`
WHEN (OLD.state = 'linked' OR NEW.state = 'linked')
  AND (OLD.session_id, OLD.state, OLD.participant_id, OLD.location_id, OLD.at)
    IS NOT (NEW.session_id, NEW.state, NEW.participant_id, NEW.location_id, NEW.at)
BEGIN
  INSERT INTO changed_people (change, participant_id)
    SELECT (SELECT COALESCE(MAX(change), 0) + 1 FROM changed_people), OLD.participant_id
    WHERE OLD.participant_id IS NOT NULL AND OLD.participant_id IS NOT NEW.participant_id
    ON CONFLICT (participant_id) DO UPDATE SET change = excluded.change;
  INSERT INTO changed_people (change, participant_id)
    SELECT (SELECT COALESCE(MAX(change), 0) + 1 FROM changed_people), NEW.participant_id
    WHERE NEW.participant_id IS NOT NULL
    ON CONFLICT (participant_id) DO UPDATE SET change = excluded.change;
END;
--> statement-breakpoint
CREATE TRIGGER `changed_people_added` AFTER INSERT ON `effective_participants`
WHEN EXISTS (SELECT 1 FROM read_links WHERE participant_id = NEW.participant_id AND duplicate_of IS NULL)
BEGIN
  INSERT INTO changed_people (change, participant_id)
    SELECT (SELECT COALESCE(MAX(change), 0) + 1 FROM changed_people), NEW.participant_id WHERE true
    ON CONFLICT (participant_id) DO UPDATE SET change = excluded.change;
END;
--> statement-breakpoint
CREATE TRIGGER `changed_people_changed` AFTER UPDATE OF normalized_event_id, wave, race_status, name_folded ON `effective_participants`
WHEN (OLD.normalized_event_id, OLD.wave, OLD.race_status, OLD.name_folded)
  IS NOT (NEW.normalized_event_id, NEW.wave, NEW.race_status, NEW.name_folded)
BEGIN
  INSERT INTO changed_people (change, participant_id)
    SELECT (SELECT COALESCE(MAX(change), 0) + 1 FROM changed_people), NEW.participant_id WHERE true
    ON CONFLICT (participant_id) DO UPDATE SET change = excluded.change;
END;
--> statement-breakpoint
CREATE TRIGGER `changed_people_left` AFTER DELETE ON `effective_participants`
BEGIN
  INSERT INTO changed_people (change, participant_id)
    SELECT (SELECT COALESCE(MAX(change), 0) + 1 FROM changed_people), OLD.participant_id WHERE true
    ON CONFLICT (participant_id) DO UPDATE SET change = excluded.change;
END;
