ALTER TABLE `timing_reads` ADD `origin` text;--> statement-breakpoint
CREATE INDEX `audit_log_apart` ON `audit_log` (`at`) WHERE action IN ('decided on two laptops', 'bib given on two laptops');