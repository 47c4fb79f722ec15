CREATE TABLE `number_receipts` (
	`id` text PRIMARY KEY NOT NULL,
	`timing_partner_id` integer NOT NULL,
	`participant_id` text NOT NULL,
	`normalized_event_id` text NOT NULL,
	`source_provider` text NOT NULL,
	`operation_id` text NOT NULL,
	`before` text NOT NULL,
	`sent` text NOT NULL,
	`outcome` text NOT NULL,
	`message` text,
	`sent_at` integer NOT NULL,
	`clock` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `number_receipts_operation` ON `number_receipts` (`operation_id`);--> statement-breakpoint
CREATE INDEX `number_receipts_event` ON `number_receipts` (`normalized_event_id`);--> statement-breakpoint
CREATE UNIQUE INDEX `number_receipts_key` ON `number_receipts` (`participant_id`,`source_provider`);--> statement-breakpoint
ALTER TABLE `sync_operations` ADD `agreed` text;