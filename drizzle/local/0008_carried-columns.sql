CREATE TABLE `carried_columns` (
	`table_name` text NOT NULL,
	`row_id` text NOT NULL,
	`said` text NOT NULL,
	PRIMARY KEY(`table_name`, `row_id`)
);
