CREATE TABLE `event_turns` (
	`connection_id` text NOT NULL,
	`normalized_event_id` text NOT NULL,
	`last_tried_at` integer NOT NULL,
	`last_success_at` integer,
	`failures` integer NOT NULL,
	`not_before` integer,
	`code` text,
	`message` text,
	PRIMARY KEY(`connection_id`, `normalized_event_id`)
);
--> statement-breakpoint
CREATE TABLE `rate_budget` (
	`account` text PRIMARY KEY NOT NULL,
	`spent` text NOT NULL,
	`held_until` integer,
	`learned_calls` integer,
	`learned_at` integer
);
