CREATE TABLE `replication_cursors` (
	`peer_id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`name` text NOT NULL,
	`target` text NOT NULL,
	`pushed_sequence` integer NOT NULL,
	`pushed_read_id` integer NOT NULL,
	`feed` text,
	`joined_at` integer NOT NULL,
	`last_in_step_at` integer,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
DROP INDEX `provider_connections_key`;--> statement-breakpoint
CREATE INDEX `provider_connections_key` ON `provider_connections` (`timing_partner_id`,`source_provider`,`target_provider`,`connection_name`);--> statement-breakpoint
ALTER TABLE `outbox` ADD `origin` text;--> statement-breakpoint
ALTER TABLE `normalized_events` ADD `clock` text;--> statement-breakpoint
ALTER TABLE `normalized_participants` ADD `clock` text;--> statement-breakpoint
ALTER TABLE `normalized_results` ADD `clock` text;--> statement-breakpoint
ALTER TABLE `participant_overrides` ADD `seen_clock` text;--> statement-breakpoint
ALTER TABLE `bib_chips` ADD `seen_clock` text;--> statement-breakpoint
ALTER TABLE `chip_assignments` ADD `seen_clock` text;--> statement-breakpoint
ALTER TABLE `starts` ADD `seen_clock` text;--> statement-breakpoint
ALTER TABLE `read_assignments` ADD `seen_clock` text;