CREATE TABLE `publication_receipts` (
	`id` text PRIMARY KEY NOT NULL,
	`timing_partner_id` integer NOT NULL,
	`result_id` text NOT NULL,
	`normalized_event_id` text NOT NULL,
	`source_provider` text NOT NULL,
	`published_result_id` text,
	`accepted_hash` text NOT NULL,
	`accepted` text NOT NULL,
	`accepted_at` integer NOT NULL,
	`clock` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `publication_receipts_event` ON `publication_receipts` (`normalized_event_id`);--> statement-breakpoint
CREATE UNIQUE INDEX `publication_receipts_key` ON `publication_receipts` (`result_id`,`source_provider`);--> statement-breakpoint
ALTER TABLE `normalized_results` ADD `entry_key` text;--> statement-breakpoint
ALTER TABLE `normalized_results` ADD `entry_id` text;--> statement-breakpoint
ALTER TABLE `normalized_results` ADD `changed_at` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `normalized_results` ADD `withdrawn_at` integer;--> statement-breakpoint
ALTER TABLE `connection_events` ADD `results_cursor` text;--> statement-breakpoint
ALTER TABLE `connection_events` ADD `results_full_started_at` integer;--> statement-breakpoint
ALTER TABLE `connection_events` ADD `results_full_at` integer;--> statement-breakpoint
ALTER TABLE `connection_events` ADD `results_pulled_at` integer;--> statement-breakpoint
ALTER TABLE `connection_events` ADD `results_place` text;--> statement-breakpoint
ALTER TABLE `connection_events` ADD `results_read_at` integer;--> statement-breakpoint
ALTER TABLE `sync_operations` ADD `publish` text;