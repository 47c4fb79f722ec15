DROP TABLE `rate_budget`;--> statement-breakpoint
DROP INDEX `reader_offsets_key`;--> statement-breakpoint
ALTER TABLE `reader_offsets` ADD `from_at` integer;--> statement-breakpoint
ALTER TABLE `reader_offsets` ADD `to_at` integer;--> statement-breakpoint
ALTER TABLE `reader_offsets` ADD `how` text DEFAULT 'constant' NOT NULL;--> statement-breakpoint
ALTER TABLE `reader_offsets` ADD `measured_read` text;--> statement-breakpoint
ALTER TABLE `reader_offsets` ADD `true_at` integer;--> statement-breakpoint
ALTER TABLE `reader_offsets` ADD `removed` integer DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX `reader_offsets_device` ON `reader_offsets` (`session_id`,`device`);--> statement-breakpoint
DROP INDEX `effective_participants_bib`;--> statement-breakpoint
CREATE INDEX `effective_participants_bib` ON `effective_participants` (`bib_key`,`registration_status`,`normalized_event_id`);--> statement-breakpoint
ALTER TABLE `normalized_participants` ADD `successor_key` text;--> statement-breakpoint
CREATE INDEX `normalized_participants_transferred` ON `normalized_participants` (`successor_key`) WHERE successor_key IS NOT NULL;--> statement-breakpoint
ALTER TABLE `race_days` ADD `fastest_kmh` real;--> statement-breakpoint
ALTER TABLE `race_days` ADD `lasts_days` integer;--> statement-breakpoint
ALTER TABLE `test_chips` ADD `kind` text DEFAULT 'test' NOT NULL;--> statement-breakpoint
ALTER TABLE `test_chips` ADD `note` text;--> statement-breakpoint
ALTER TABLE `sync_operations` ADD `event_ids` text;--> statement-breakpoint
ALTER TABLE `sync_queue` ADD `deadline_at` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `sync_queue` ADD `urgent` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `reader_streams` ADD `run` integer DEFAULT 1 NOT NULL;--> statement-breakpoint
CREATE INDEX `reader_streams_place` ON `reader_streams` (`stream_id`,`stream_location`);--> statement-breakpoint
ALTER TABLE `timing_locations` ADD `counts` text DEFAULT 'first' NOT NULL;--> statement-breakpoint
ALTER TABLE `timing_locations` ADD `distance_km` real;--> statement-breakpoint
ALTER TABLE `timing_locations` ADD `course_order` integer;--> statement-breakpoint
ALTER TABLE `timing_locations` ADD `defined` integer DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX `read_links_counted` ON `read_links` (`session_id`,`location_id`,`at`,`participant_id`) WHERE state = 'linked';