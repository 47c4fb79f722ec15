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
CREATE INDEX `stream_notices_place` ON `stream_notices` (`stream_id`,`stream_location`,`run`,`from_sequence`);