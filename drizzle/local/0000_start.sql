CREATE TABLE `display_images` (
	`id` text PRIMARY KEY NOT NULL,
	`timing_partner_id` integer NOT NULL,
	`media_type` text NOT NULL,
	`data` text NOT NULL,
	`clock` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `display_layouts` (
	`id` text PRIMARY KEY NOT NULL,
	`timing_partner_id` integer NOT NULL,
	`name` text NOT NULL,
	`look` text NOT NULL,
	`logo_id` text,
	`background_id` text,
	`removed` integer NOT NULL,
	`clock` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `displays` (
	`id` text PRIMARY KEY NOT NULL,
	`timing_partner_id` integer NOT NULL,
	`name` text NOT NULL,
	`address` text NOT NULL,
	`race_day_id` text NOT NULL,
	`locations` text NOT NULL,
	`comes_from` text NOT NULL,
	`mode` text NOT NULL,
	`layout_id` text,
	`removed` integer NOT NULL,
	`clock` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `displays_address` ON `displays` (`address`);--> statement-breakpoint
CREATE TABLE `access_tokens` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`role` text NOT NULL,
	`token_hash` text NOT NULL,
	`created_at` integer NOT NULL,
	`revoked_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `access_tokens_hash` ON `access_tokens` (`token_hash`);--> statement-breakpoint
CREATE TABLE `audit_log` (
	`id` text PRIMARY KEY NOT NULL,
	`timing_partner_id` integer NOT NULL,
	`laptop_id` text NOT NULL,
	`sequence` integer NOT NULL,
	`at` integer NOT NULL,
	`actor` text NOT NULL,
	`action` text NOT NULL,
	`table_name` text NOT NULL,
	`row_id` text NOT NULL,
	`before` text,
	`after` text,
	`reason` text,
	`previous_hash` text NOT NULL,
	`hash` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `audit_log_row` ON `audit_log` (`table_name`,`row_id`);--> statement-breakpoint
CREATE UNIQUE INDEX `audit_log_key` ON `audit_log` (`laptop_id`,`sequence`);--> statement-breakpoint
CREATE TABLE `outbox` (
	`sequence` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`table_name` text NOT NULL,
	`row_id` text NOT NULL,
	`changed_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `outbox_row` ON `outbox` (`table_name`,`row_id`);--> statement-breakpoint
CREATE TABLE `settings` (
	`key` text PRIMARY KEY NOT NULL,
	`value` text,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `timing_partners` (
	`id` integer PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `effective_participants` (
	`participant_id` text PRIMARY KEY NOT NULL,
	`normalized_event_id` text NOT NULL,
	`bib_number` text,
	`first_name` text,
	`last_name` text,
	`email` text,
	`phone` text,
	`date_of_birth` text,
	`gender` text,
	`age` integer,
	`city` text,
	`state` text,
	`country` text,
	`emergency_contact` text,
	`race_distance` real,
	`division` text,
	`team_name` text,
	`wave` text,
	`registration_date` text,
	`chips` text NOT NULL,
	`registration_status` text NOT NULL,
	`checked_in_at` integer,
	`race_status` text NOT NULL,
	`note` text,
	`participant_status` text NOT NULL,
	`bib_key` text,
	`name_folded` text NOT NULL,
	`bib_decided_at` integer,
	`changed_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `effective_participants_bib` ON `effective_participants` (`bib_key`);--> statement-breakpoint
CREATE INDEX `effective_participants_event` ON `effective_participants` (`normalized_event_id`,`name_folded`);--> statement-breakpoint
CREATE INDEX `effective_participants_changed` ON `effective_participants` (`normalized_event_id`,`changed_at`);--> statement-breakpoint
CREATE TABLE `normalized_events` (
	`id` text PRIMARY KEY NOT NULL,
	`timing_partner_id` integer NOT NULL,
	`source_provider` text NOT NULL,
	`source_event_id` text NOT NULL,
	`source_race_id` text,
	`race_name` text,
	`event_name` text NOT NULL,
	`timezone` text,
	`start_at` integer,
	`start_text` text,
	`event_date` text,
	`event_type` text,
	`race_distance` real,
	`location_city` text,
	`location_state` text,
	`location_country` text,
	`max_participants` integer,
	`registration_open_date` text,
	`registration_close_date` text,
	`event_status` text NOT NULL,
	`normalized_data` text,
	`hash_key` text NOT NULL,
	`source_version` integer,
	`synced_at` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `normalized_events_date` ON `normalized_events` (`event_date`);--> statement-breakpoint
CREATE UNIQUE INDEX `normalized_events_key` ON `normalized_events` (`timing_partner_id`,`source_provider`,`source_event_id`);--> statement-breakpoint
CREATE TABLE `normalized_participants` (
	`id` text PRIMARY KEY NOT NULL,
	`timing_partner_id` integer NOT NULL,
	`normalized_event_id` text NOT NULL,
	`source_provider` text NOT NULL,
	`source_participant_id` text NOT NULL,
	`global_participant_id` text,
	`bib_number` text,
	`first_name` text,
	`last_name` text,
	`email` text,
	`phone` text,
	`date_of_birth` text,
	`gender` text,
	`age` integer,
	`city` text,
	`state` text,
	`country` text,
	`emergency_contact` text,
	`race_distance` real,
	`division` text,
	`team_name` text,
	`wave` text,
	`registration_date` text,
	`chips` text NOT NULL,
	`registration_status` text NOT NULL,
	`bib_retained` integer NOT NULL,
	`successor_id` text,
	`normalized_data` text,
	`hash_key` text NOT NULL,
	`source_version` integer,
	`synced_at` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `normalized_participants_bib` ON `normalized_participants` (`normalized_event_id`,`bib_number`);--> statement-breakpoint
CREATE INDEX `normalized_participants_retained` ON `normalized_participants` (`normalized_event_id`,`bib_number`) WHERE bib_retained = 1;--> statement-breakpoint
CREATE UNIQUE INDEX `normalized_participants_key` ON `normalized_participants` (`normalized_event_id`,`source_provider`,`source_participant_id`);--> statement-breakpoint
CREATE TABLE `normalized_results` (
	`id` text PRIMARY KEY NOT NULL,
	`timing_partner_id` integer NOT NULL,
	`normalized_event_id` text NOT NULL,
	`normalized_participant_id` text,
	`source_provider` text NOT NULL,
	`source_result_id` text NOT NULL,
	`bib_number` text,
	`overall_place` integer,
	`gender_place` integer,
	`division_place` integer,
	`start_at` integer,
	`finish_at` integer,
	`gun_time_ms` integer,
	`chip_time_ms` integer,
	`split_times` text,
	`result_status` text NOT NULL,
	`normalized_data` text,
	`hash_key` text NOT NULL,
	`source_version` integer,
	`synced_at` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `normalized_results_key` ON `normalized_results` (`normalized_event_id`,`source_provider`,`source_result_id`);--> statement-breakpoint
CREATE TABLE `participant_chips` (
	`chip` text NOT NULL,
	`participant_id` text NOT NULL,
	PRIMARY KEY(`chip`, `participant_id`)
);
--> statement-breakpoint
CREATE INDEX `participant_chips_participant` ON `participant_chips` (`participant_id`);--> statement-breakpoint
CREATE TABLE `participant_overrides` (
	`id` text PRIMARY KEY NOT NULL,
	`timing_partner_id` integer NOT NULL,
	`participant_id` text NOT NULL,
	`field` text NOT NULL,
	`value` text,
	`reason` text,
	`decided_by` text NOT NULL,
	`decided_at` integer NOT NULL,
	`withdrawn` integer NOT NULL,
	`clock` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `participant_overrides_key` ON `participant_overrides` (`participant_id`,`field`);--> statement-breakpoint
CREATE TABLE `bib_chips` (
	`id` text PRIMARY KEY NOT NULL,
	`timing_partner_id` integer NOT NULL,
	`race_day_id` text NOT NULL,
	`chip` text NOT NULL,
	`bib_number` text NOT NULL,
	`removed` integer NOT NULL,
	`clock` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `bib_chips_bib` ON `bib_chips` (`race_day_id`,`bib_number`);--> statement-breakpoint
CREATE UNIQUE INDEX `bib_chips_key` ON `bib_chips` (`race_day_id`,`chip`);--> statement-breakpoint
CREATE TABLE `chip_assignments` (
	`id` text PRIMARY KEY NOT NULL,
	`timing_partner_id` integer NOT NULL,
	`race_day_id` text NOT NULL,
	`chip` text NOT NULL,
	`from_at` integer NOT NULL,
	`participant_id` text,
	`reason` text,
	`decided_by` text NOT NULL,
	`withdrawn` integer NOT NULL,
	`clock` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `chip_assignments_key` ON `chip_assignments` (`race_day_id`,`chip`,`from_at`);--> statement-breakpoint
CREATE TABLE `race_day_events` (
	`id` text PRIMARY KEY NOT NULL,
	`timing_partner_id` integer NOT NULL,
	`race_day_id` text NOT NULL,
	`normalized_event_id` text NOT NULL,
	`removed` integer NOT NULL,
	`clock` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `race_day_events_event` ON `race_day_events` (`normalized_event_id`);--> statement-breakpoint
CREATE UNIQUE INDEX `race_day_events_key` ON `race_day_events` (`race_day_id`,`normalized_event_id`);--> statement-breakpoint
CREATE TABLE `race_days` (
	`id` text PRIMARY KEY NOT NULL,
	`timing_partner_id` integer NOT NULL,
	`name` text NOT NULL,
	`race_date` text NOT NULL,
	`timezone` text NOT NULL,
	`clock` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `starts` (
	`id` text PRIMARY KEY NOT NULL,
	`timing_partner_id` integer NOT NULL,
	`normalized_event_id` text NOT NULL,
	`wave` text NOT NULL,
	`planned_at` integer,
	`gun_read_identity` text,
	`gun_at` integer,
	`corrected_at` integer,
	`decided_by` text,
	`reason` text,
	`clock` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `starts_key` ON `starts` (`normalized_event_id`,`wave`);--> statement-breakpoint
CREATE TABLE `test_chips` (
	`id` text PRIMARY KEY NOT NULL,
	`timing_partner_id` integer NOT NULL,
	`chip` text NOT NULL,
	`removed` integer NOT NULL,
	`clock` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `test_chips_key` ON `test_chips` (`timing_partner_id`,`chip`);--> statement-breakpoint
CREATE TABLE `connection_events` (
	`id` text PRIMARY KEY NOT NULL,
	`timing_partner_id` integer NOT NULL,
	`connection_id` text NOT NULL,
	`normalized_event_id` text NOT NULL,
	`target_event_id` text,
	`target_race_id` text,
	`target_name` text,
	`target_read_at` integer,
	`cursor` text,
	`full_fetch_started_at` integer,
	`push_checked_at` integer,
	`last_full_at` integer,
	`last_pull_at` integer,
	`clock` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `connection_events_key` ON `connection_events` (`connection_id`,`normalized_event_id`);--> statement-breakpoint
CREATE TABLE `field_mappings` (
	`id` text PRIMARY KEY NOT NULL,
	`timing_partner_id` integer NOT NULL,
	`connection_id` text NOT NULL,
	`version` integer NOT NULL,
	`mapping` text NOT NULL,
	`created_by` text NOT NULL,
	`clock` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `field_mappings_key` ON `field_mappings` (`connection_id`,`version`);--> statement-breakpoint
CREATE TABLE `provider_connections` (
	`id` text PRIMARY KEY NOT NULL,
	`timing_partner_id` integer NOT NULL,
	`connection_name` text NOT NULL,
	`source_provider` text NOT NULL,
	`target_provider` text NOT NULL,
	`source_settings` text NOT NULL,
	`target_settings` text NOT NULL,
	`events` text NOT NULL,
	`schedule_mode` text NOT NULL,
	`schedule_interval_minutes` integer,
	`auto_sync_enabled` integer NOT NULL,
	`inferred_allowed` integer NOT NULL,
	`credentials_updated_at` integer,
	`last_sync_at` integer,
	`last_success_at` integer,
	`events_synced_at` integer,
	`deleted_at` integer,
	`created_by` text NOT NULL,
	`clock` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `provider_connections_key` ON `provider_connections` (`timing_partner_id`,`source_provider`,`target_provider`,`connection_name`);--> statement-breakpoint
CREATE TABLE `push_receipts` (
	`id` text PRIMARY KEY NOT NULL,
	`timing_partner_id` integer NOT NULL,
	`participant_id` text NOT NULL,
	`target_provider` text NOT NULL,
	`target_event_id` text NOT NULL,
	`target_race_id` text NOT NULL,
	`target_entry_id` text,
	`accepted_hash` text NOT NULL,
	`accepted` text NOT NULL,
	`accepted_at` integer NOT NULL,
	`clock` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `push_receipts_key` ON `push_receipts` (`participant_id`,`target_provider`,`target_event_id`);--> statement-breakpoint
CREATE TABLE `rate_budget` (
	`account` text PRIMARY KEY NOT NULL,
	`window_started_at` integer NOT NULL,
	`calls` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `sync_operations` (
	`id` text PRIMARY KEY NOT NULL,
	`timing_partner_id` integer NOT NULL,
	`connection_id` text NOT NULL,
	`operation_type` text NOT NULL,
	`sync_direction` text NOT NULL,
	`trigger_type` text NOT NULL,
	`full` integer NOT NULL,
	`retry_of` text,
	`status` text NOT NULL,
	`step` text,
	`total_records` integer,
	`processed_records` integer NOT NULL,
	`success_records` integer NOT NULL,
	`error_records` integer NOT NULL,
	`added_records` integer NOT NULL,
	`changed_records` integer NOT NULL,
	`gone_records` integer NOT NULL,
	`pushed_records` integer NOT NULL,
	`held_records` integer NOT NULL,
	`calls` integer NOT NULL,
	`error_code` text,
	`error_message` text,
	`started_by` text NOT NULL,
	`started_at` integer NOT NULL,
	`completed_at` integer,
	`resume_at` integer,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `sync_operations_connection` ON `sync_operations` (`connection_id`,`started_at`);--> statement-breakpoint
CREATE INDEX `sync_operations_status` ON `sync_operations` (`status`);--> statement-breakpoint
CREATE TABLE `sync_queue` (
	`operation_id` text PRIMARY KEY NOT NULL,
	`connection_id` text NOT NULL,
	`priority` integer NOT NULL,
	`due_at` integer NOT NULL,
	`attempts` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `sync_queue_due` ON `sync_queue` (`due_at`);--> statement-breakpoint
CREATE TABLE `sync_record_errors` (
	`id` text PRIMARY KEY NOT NULL,
	`timing_partner_id` integer NOT NULL,
	`operation_id` text NOT NULL,
	`connection_id` text NOT NULL,
	`participant_id` text,
	`source_participant_id` text,
	`stage` text NOT NULL,
	`code` text NOT NULL,
	`message` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `sync_record_errors_operation` ON `sync_record_errors` (`operation_id`);--> statement-breakpoint
CREATE TABLE `location_rules` (
	`id` text PRIMARY KEY NOT NULL,
	`timing_partner_id` integer NOT NULL,
	`session_id` text NOT NULL,
	`device` text NOT NULL,
	`from_at` integer,
	`to_at` integer,
	`location_id` text NOT NULL,
	`removed` integer NOT NULL,
	`clock` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `location_rules_device` ON `location_rules` (`session_id`,`device`);--> statement-breakpoint
CREATE TABLE `read_assignments` (
	`id` text PRIMARY KEY NOT NULL,
	`timing_partner_id` integer NOT NULL,
	`session_id` text NOT NULL,
	`read_identity` text NOT NULL,
	`participant_id` text,
	`reason` text,
	`decided_by` text NOT NULL,
	`decided_at` integer NOT NULL,
	`withdrawn` integer NOT NULL,
	`clock` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `read_assignments_key` ON `read_assignments` (`session_id`,`read_identity`);--> statement-breakpoint
CREATE TABLE `read_links` (
	`read_id` integer PRIMARY KEY NOT NULL,
	`session_id` text NOT NULL,
	`state` text NOT NULL,
	`reason` text,
	`route` text,
	`participant_id` text,
	`normalized_event_id` text,
	`location_id` text,
	`duplicate_of` integer,
	`at` integer
);
--> statement-breakpoint
CREATE INDEX `read_links_participant` ON `read_links` (`participant_id`);--> statement-breakpoint
CREATE INDEX `read_links_state` ON `read_links` (`session_id`,`state`);--> statement-breakpoint
CREATE TABLE `reader_offsets` (
	`id` text PRIMARY KEY NOT NULL,
	`timing_partner_id` integer NOT NULL,
	`session_id` text NOT NULL,
	`device` text NOT NULL,
	`offset_ms` integer NOT NULL,
	`reason` text,
	`decided_by` text NOT NULL,
	`clock` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `reader_offsets_key` ON `reader_offsets` (`session_id`,`device`);--> statement-breakpoint
CREATE TABLE `reader_streams` (
	`stream_id` text NOT NULL,
	`stream_location` text NOT NULL,
	`session_id` text NOT NULL,
	`last_sequence` integer NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`session_id`, `stream_id`, `stream_location`)
);
--> statement-breakpoint
CREATE TABLE `refused_lines` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`session_id` text NOT NULL,
	`origin` text NOT NULL,
	`line` integer,
	`reason` text NOT NULL,
	`text` text NOT NULL,
	`received_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `refused_lines_session` ON `refused_lines` (`session_id`);--> statement-breakpoint
CREATE TABLE `stale_links` (
	`key` text PRIMARY KEY NOT NULL
);
--> statement-breakpoint
CREATE TABLE `timing_locations` (
	`id` text PRIMARY KEY NOT NULL,
	`timing_partner_id` integer NOT NULL,
	`session_id` text NOT NULL,
	`location_name` text NOT NULL,
	`kind` text NOT NULL,
	`duplicate_window_ms` integer NOT NULL,
	`clock` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `timing_locations_key` ON `timing_locations` (`session_id`,`location_name`);--> statement-breakpoint
CREATE TABLE `timing_reads` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`timing_partner_id` integer NOT NULL,
	`session_id` text NOT NULL,
	`identity` text NOT NULL,
	`kind` text NOT NULL,
	`source` text NOT NULL,
	`device` text NOT NULL,
	`stream_id` text,
	`stream_location` text,
	`sequence` integer,
	`chip` text,
	`bib_number` text,
	`read_at` integer,
	`raw_time` text,
	`time_problem` text,
	`antenna` text,
	`rssi` integer,
	`lap` integer,
	`raw` text NOT NULL,
	`received_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `timing_reads_identity` ON `timing_reads` (`session_id`,`identity`);--> statement-breakpoint
CREATE INDEX `timing_reads_chip` ON `timing_reads` (`chip`);--> statement-breakpoint
CREATE INDEX `timing_reads_gun` ON `timing_reads` (`read_at`) WHERE kind = 'gun';--> statement-breakpoint
CREATE TABLE `timing_sessions` (
	`id` text PRIMARY KEY NOT NULL,
	`timing_partner_id` integer NOT NULL,
	`race_day_id` text,
	`session_name` text NOT NULL,
	`timezone` text NOT NULL,
	`status` text NOT NULL,
	`started_at` integer NOT NULL,
	`ended_at` integer,
	`clock` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
