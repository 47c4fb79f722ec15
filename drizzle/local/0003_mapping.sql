ALTER TABLE `normalized_participants` ADD `mapping_refusals` text;--> statement-breakpoint
ALTER TABLE `field_mappings` ADD `note` text;--> statement-breakpoint
ALTER TABLE `field_mappings` ADD `restored_from` integer;--> statement-breakpoint
ALTER TABLE `sync_record_errors` ADD `field` text;