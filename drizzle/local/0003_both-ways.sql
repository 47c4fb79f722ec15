CREATE TABLE `reconciliation_findings` (
	`id` text PRIMARY KEY NOT NULL,
	`reconciliation_id` text NOT NULL,
	`connection_id` text NOT NULL,
	`normalized_event_id` text NOT NULL,
	`kind` text NOT NULL,
	`cause` text NOT NULL,
	`participant_id` text,
	`target_entry_id` text,
	`receipt_clock` text,
	`bib_number` text,
	`name` text,
	`fields` text NOT NULL,
	`message` text,
	`repair_asked_at` integer,
	`repair_asked_by` text
);
--> statement-breakpoint
CREATE INDEX `reconciliation_findings_event` ON `reconciliation_findings` (`connection_id`,`normalized_event_id`,`kind`);--> statement-breakpoint
CREATE INDEX `reconciliation_findings_reconciliation` ON `reconciliation_findings` (`reconciliation_id`);--> statement-breakpoint
CREATE TABLE `reconciliations` (
	`id` text PRIMARY KEY NOT NULL,
	`timing_partner_id` integer NOT NULL,
	`operation_id` text NOT NULL,
	`connection_id` text NOT NULL,
	`normalized_event_id` text NOT NULL,
	`target_provider` text NOT NULL,
	`target_event_id` text NOT NULL,
	`read_at` integer NOT NULL,
	`people` integer NOT NULL,
	`entries` integer NOT NULL,
	`in_both` integer NOT NULL,
	`only_here` integer NOT NULL,
	`only_there` integer NOT NULL,
	`differing` integer NOT NULL,
	`gone_here` integer NOT NULL,
	`discrepancy_percent` real NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `reconciliations_event` ON `reconciliations` (`connection_id`,`normalized_event_id`,`read_at`);--> statement-breakpoint
CREATE UNIQUE INDEX `reconciliations_key` ON `reconciliations` (`operation_id`,`normalized_event_id`);--> statement-breakpoint
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
ALTER TABLE `connection_events` ADD `reconcile_tried_at` integer;--> statement-breakpoint
ALTER TABLE `sync_operations` ADD `agreed` text;--> statement-breakpoint
ALTER TABLE `sync_operations` ADD `discrepancy_percent` real;--> statement-breakpoint
CREATE INDEX `effective_participants_counted` ON `effective_participants` (`normalized_event_id`,`wave`,`checked_in_at`,`bib_key`) WHERE registration_status = 'registered';--> statement-breakpoint
CREATE INDEX `normalized_participants_left` ON `normalized_participants` (`normalized_event_id`,`source_provider`) WHERE registration_status <> 'registered';--> statement-breakpoint
CREATE INDEX `read_links_place` ON `read_links` (`state`,`location_id`);