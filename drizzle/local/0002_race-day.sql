CREATE TABLE `alerts` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`subject` text NOT NULL,
	`severity` text NOT NULL,
	`message` text NOT NULL,
	`todo` text NOT NULL,
	`connection_id` text,
	`state` text NOT NULL,
	`first_seen_at` integer NOT NULL,
	`last_seen_at` integer NOT NULL,
	`count` integer NOT NULL,
	`decided_by` text,
	`decided_at` integer,
	`snoozed_until` integer,
	`resolved_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `alerts_key` ON `alerts` (`kind`,`subject`);--> statement-breakpoint
CREATE TABLE `evidence_seen` (
	`account` text NOT NULL,
	`operation` text NOT NULL,
	`at` integer NOT NULL,
	`how` text NOT NULL,
	PRIMARY KEY(`account`, `operation`)
);
--> statement-breakpoint
CREATE TABLE `sync_looks` (
	`id` text PRIMARY KEY NOT NULL,
	`operation_id` text NOT NULL,
	`connection_id` text NOT NULL,
	`normalized_event_id` text NOT NULL,
	`stage` text NOT NULL,
	`people` integer NOT NULL,
	`allowed` integer NOT NULL,
	`bibs` text NOT NULL,
	`gone` text NOT NULL,
	`at` integer NOT NULL,
	`decision` text,
	`decided_by` text,
	`decided_at` integer
);
--> statement-breakpoint
CREATE INDEX `sync_looks_operation` ON `sync_looks` (`operation_id`);--> statement-breakpoint
CREATE INDEX `sync_looks_open` ON `sync_looks` (`connection_id`,`decision`);--> statement-breakpoint
CREATE TABLE `course_points` (
	`id` text PRIMARY KEY NOT NULL,
	`timing_partner_id` integer NOT NULL,
	`race_day_id` text NOT NULL,
	`normalized_event_id` text NOT NULL,
	`location_name` text NOT NULL,
	`laps` integer NOT NULL,
	`distance_km` real,
	`clock` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `course_points_key` ON `course_points` (`race_day_id`,`normalized_event_id`,`location_name`);--> statement-breakpoint
CREATE TABLE `event_turns` (
	`connection_id` text NOT NULL,
	`normalized_event_id` text NOT NULL,
	`last_tried_at` integer NOT NULL,
	`last_success_at` integer,
	`failures` integer NOT NULL,
	`not_before` integer,
	`code` text,
	`message` text,
	PRIMARY KEY(`connection_id`, `normalized_event_id`)
);
--> statement-breakpoint
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
CREATE TABLE `rate_budget` (
	`account` text PRIMARY KEY NOT NULL,
	`spent` text NOT NULL,
	`held_until` integer,
	`learned_calls` integer,
	`learned_at` integer
);
--> statement-breakpoint
CREATE TABLE `stream_notices` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`kind` text NOT NULL,
	`session_id` text NOT NULL,
	`device` text NOT NULL,
	`stream_id` text NOT NULL,
	`stream_location` text NOT NULL,
	`run` integer NOT NULL,
	`from_sequence` integer NOT NULL,
	`to_sequence` integer NOT NULL,
	`seen_at` integer NOT NULL,
	`waved_off_at` integer,
	`waved_off_by` text,
	`reason` text
);
--> statement-breakpoint
CREATE INDEX `stream_notices_place` ON `stream_notices` (`stream_id`,`stream_location`,`run`,`from_sequence`);--> statement-breakpoint
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
ALTER TABLE `normalized_participants` ADD `mapping_refusals` text;--> statement-breakpoint
CREATE INDEX `normalized_participants_transferred` ON `normalized_participants` (`successor_key`) WHERE successor_key IS NOT NULL;--> statement-breakpoint
ALTER TABLE `normalized_results` ADD `entry_key` text;--> statement-breakpoint
ALTER TABLE `normalized_results` ADD `entry_id` text;--> statement-breakpoint
ALTER TABLE `normalized_results` ADD `changed_at` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `normalized_results` ADD `withdrawn_at` integer;--> statement-breakpoint
ALTER TABLE `race_days` ADD `fastest_kmh` real;--> statement-breakpoint
ALTER TABLE `race_days` ADD `lasts_days` integer;--> statement-breakpoint
ALTER TABLE `test_chips` ADD `kind` text DEFAULT 'test' NOT NULL;--> statement-breakpoint
ALTER TABLE `test_chips` ADD `note` text;--> statement-breakpoint
ALTER TABLE `connection_events` ADD `results_cursor` text;--> statement-breakpoint
ALTER TABLE `connection_events` ADD `results_full_started_at` integer;--> statement-breakpoint
ALTER TABLE `connection_events` ADD `results_full_at` integer;--> statement-breakpoint
ALTER TABLE `connection_events` ADD `results_pulled_at` integer;--> statement-breakpoint
ALTER TABLE `connection_events` ADD `results_place` text;--> statement-breakpoint
ALTER TABLE `connection_events` ADD `results_read_at` integer;--> statement-breakpoint
ALTER TABLE `field_mappings` ADD `note` text;--> statement-breakpoint
ALTER TABLE `field_mappings` ADD `restored_from` integer;--> statement-breakpoint
ALTER TABLE `sync_operations` ADD `event_ids` text;--> statement-breakpoint
ALTER TABLE `sync_operations` ADD `publish` text;--> statement-breakpoint
ALTER TABLE `sync_queue` ADD `deadline_at` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `sync_queue` ADD `urgent` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `sync_record_errors` ADD `field` text;--> statement-breakpoint
ALTER TABLE `reader_streams` ADD `run` integer DEFAULT 1 NOT NULL;--> statement-breakpoint
CREATE INDEX `reader_streams_place` ON `reader_streams` (`stream_id`,`stream_location`);--> statement-breakpoint
ALTER TABLE `timing_locations` ADD `counts` text DEFAULT 'first' NOT NULL;--> statement-breakpoint
ALTER TABLE `timing_locations` ADD `distance_km` real;--> statement-breakpoint
ALTER TABLE `timing_locations` ADD `course_order` integer;--> statement-breakpoint
ALTER TABLE `timing_locations` ADD `defined` integer DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX `read_links_counted` ON `read_links` (`session_id`,`location_id`,`at`,`participant_id`) WHERE state = 'linked';