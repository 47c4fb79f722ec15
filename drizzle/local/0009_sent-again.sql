ALTER TABLE `replication_cursors` ADD `again_sequence` integer;--> statement-breakpoint
ALTER TABLE `replication_cursors` ADD `again_read_id` integer;