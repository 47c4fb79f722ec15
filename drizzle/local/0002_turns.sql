DROP TABLE `rate_budget`;--> statement-breakpoint
ALTER TABLE `sync_operations` ADD `event_ids` text;--> statement-breakpoint
ALTER TABLE `sync_queue` ADD `deadline_at` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `sync_queue` ADD `urgent` integer DEFAULT false NOT NULL;