DROP INDEX `effective_participants_bib`;--> statement-breakpoint
CREATE INDEX `effective_participants_wearer` ON `effective_participants` (`bib_key`,`registration_status`,`normalized_event_id`);--> statement-breakpoint
CREATE INDEX `effective_participants_standing` ON `effective_participants` (`normalized_event_id`,`checked_in_at`,`race_status`,`registration_status`,`bib_key`);--> statement-breakpoint
DROP INDEX `read_links_participant`;--> statement-breakpoint
CREATE INDEX `read_links_person` ON `read_links` (`participant_id`,`location_id`,`state`,`at`);