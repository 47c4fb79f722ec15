DROP INDEX `read_links_participant`;--> statement-breakpoint
DROP INDEX `read_links_state`;--> statement-breakpoint
CREATE INDEX `read_links_person` ON `read_links` (`participant_id`) WHERE duplicate_of IS NULL;--> statement-breakpoint
CREATE INDEX `read_links_duplicates` ON `read_links` (`duplicate_of`,`at`) WHERE duplicate_of IS NOT NULL;--> statement-breakpoint
CREATE INDEX `read_links_sessions` ON `read_links` (`session_id`,`state`) WHERE duplicate_of IS NULL;