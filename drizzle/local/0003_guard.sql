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
CREATE INDEX `sync_looks_open` ON `sync_looks` (`connection_id`,`decision`);