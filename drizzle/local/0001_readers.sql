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
ALTER TABLE `reader_streams` ADD `run` integer DEFAULT 1 NOT NULL;--> statement-breakpoint
CREATE INDEX `reader_streams_place` ON `reader_streams` (`stream_id`,`stream_location`);--> statement-breakpoint
CREATE INDEX `timing_reads_marker` ON `timing_reads` (`session_id`) WHERE kind = 'marker';