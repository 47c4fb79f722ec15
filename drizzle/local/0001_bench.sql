DROP INDEX `effective_participants_bib`;--> statement-breakpoint
CREATE INDEX `effective_participants_bib` ON `effective_participants` (`bib_key`,`registration_status`,`normalized_event_id`);--> statement-breakpoint
CREATE INDEX `read_links_counted` ON `read_links` (`session_id`,`location_id`,`at`,`participant_id`) WHERE state = 'linked';