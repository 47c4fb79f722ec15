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
DROP INDEX `reader_offsets_key`;--> statement-breakpoint
ALTER TABLE `reader_offsets` ADD `from_at` integer;--> statement-breakpoint
ALTER TABLE `reader_offsets` ADD `to_at` integer;--> statement-breakpoint
ALTER TABLE `reader_offsets` ADD `how` text DEFAULT 'constant' NOT NULL;--> statement-breakpoint
ALTER TABLE `reader_offsets` ADD `measured_read` text;--> statement-breakpoint
ALTER TABLE `reader_offsets` ADD `true_at` integer;--> statement-breakpoint
ALTER TABLE `reader_offsets` ADD `removed` integer DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX `reader_offsets_device` ON `reader_offsets` (`session_id`,`device`);--> statement-breakpoint
ALTER TABLE `race_days` ADD `fastest_kmh` real;--> statement-breakpoint
ALTER TABLE `race_days` ADD `lasts_days` integer;--> statement-breakpoint
ALTER TABLE `test_chips` ADD `kind` text DEFAULT 'test' NOT NULL;--> statement-breakpoint
ALTER TABLE `test_chips` ADD `note` text;--> statement-breakpoint
ALTER TABLE `timing_locations` ADD `counts` text DEFAULT 'first' NOT NULL;--> statement-breakpoint
ALTER TABLE `timing_locations` ADD `distance_km` real;--> statement-breakpoint
ALTER TABLE `timing_locations` ADD `course_order` integer;--> statement-breakpoint
ALTER TABLE `timing_locations` ADD `defined` integer DEFAULT false NOT NULL;