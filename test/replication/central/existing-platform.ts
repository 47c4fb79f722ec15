/** What of the existing platform has names that ours have too, and what its programs do with it. Written from the facts. */
export const PLATFORM = `
CREATE TABLE timing_partners (timing_partner_id serial PRIMARY KEY, company_name varchar(255) NOT NULL,
  access_password varchar(255), created_at timestamp DEFAULT now(), updated_at timestamp DEFAULT now());
CREATE TABLE users (user_id serial PRIMARY KEY, email varchar(255) NOT NULL UNIQUE,
  timing_partner_id int REFERENCES timing_partners (timing_partner_id) ON DELETE CASCADE,
  created_at timestamp DEFAULT now(), updated_at timestamp DEFAULT now());
CREATE TABLE providers (provider_id serial PRIMARY KEY, name varchar(100) NOT NULL UNIQUE, provider_type varchar(50),
  api_base_url varchar(255), rate_limit_per_hour int DEFAULT 1000, created_at timestamp DEFAULT now());
CREATE TABLE partner_provider_credentials (partner_provider_credential_id serial PRIMARY KEY,
  provider_id int REFERENCES providers (provider_id) ON DELETE CASCADE,
  timing_partner_id int REFERENCES timing_partners (timing_partner_id) ON DELETE CASCADE, principal varchar(255),
  secret varchar(255), UNIQUE (timing_partner_id, provider_id));
CREATE TABLE runsignup_events (event_id int PRIMARY KEY, race_id int, name text, start_time timestamp,
  timing_partner_id int REFERENCES timing_partners (timing_partner_id) ON DELETE CASCADE);
CREATE TABLE ct_events (event_id varchar(100) PRIMARY KEY, event_name varchar(255), event_start_time timestamp,
  timing_partner_id int REFERENCES timing_partners (timing_partner_id) ON DELETE CASCADE);
CREATE VIEW unified_events AS
  SELECT 'runsignup' AS source, event_id::text AS event_id, name AS event_name, start_time AS event_date, timing_partner_id
  FROM runsignup_events
  UNION ALL SELECT 'chronotrack', event_id, event_name, event_start_time, timing_partner_id FROM ct_events;
INSERT INTO timing_partners (company_name, access_password) VALUES ('Big Day Timing', 'secret'), ('Second Wind', 'hidden');
INSERT INTO providers (name, provider_type) VALUES ('RunSignUp', 'registration');
INSERT INTO users (email, timing_partner_id) VALUES ('one@example.org', 1), ('two@example.org', 2);
INSERT INTO runsignup_events VALUES (501, 77, 'Turkey Trot', '2025-11-27 08:00', 1);
`

/** The timing collector's tables, where they stand in the same database. */
export const COLLECTOR = `
CREATE TABLE timing_sessions (id serial PRIMARY KEY, session_name varchar(255) NOT NULL, event_name varchar(255),
  start_time timestamp DEFAULT now(), end_time timestamp, status varchar(50) DEFAULT 'active');
CREATE TABLE timing_locations (id serial PRIMARY KEY, session_id int REFERENCES timing_sessions (id),
  location_name varchar(100) NOT NULL, description varchar(255), reader_id varchar(6));
CREATE TABLE timing_reads (id bigserial PRIMARY KEY, session_id int REFERENCES timing_sessions (id),
  location_id int REFERENCES timing_locations (id), sequence_number int, location_name varchar(100),
  tag_code varchar(8) NOT NULL, read_time time NOT NULL, read_date date DEFAULT current_date,
  UNIQUE (session_id, sequence_number, location_name));
`

/** Statements that programs of the platform send, each as they send them. */
export const PROGRAMS: readonly string[] = [
  `INSERT INTO timing_partners (company_name, access_password) VALUES ('Third Lap', 'x')`,
  `INSERT INTO timing_partners VALUES (DEFAULT, 'Fourth Lap', 'x')`,
  `UPDATE timing_partners SET company_name = 'Third Lap LLC', updated_at = now() WHERE company_name = 'Third Lap'`,
  `SELECT timing_partner_id, company_name, access_password FROM timing_partners ORDER BY company_name`,
  `INSERT INTO users (email, timing_partner_id) VALUES ('three@example.org', 3)`,
  `INSERT INTO providers (name) VALUES ('Haku')`,
  `INSERT INTO partner_provider_credentials (provider_id, timing_partner_id, principal, secret) VALUES (1, 1, 'p', 's')
     ON CONFLICT (timing_partner_id, provider_id) DO UPDATE SET secret = excluded.secret`,
  `SELECT source, event_id, event_name FROM unified_events WHERE timing_partner_id = 1 ORDER BY event_date DESC`,
  `SELECT u.email, p.company_name FROM users u JOIN timing_partners p USING (timing_partner_id)`,
  `DELETE FROM timing_partners WHERE company_name = 'Fourth Lap'`,
]

export const COLLECTOR_PROGRAMS: readonly string[] = [
  `INSERT INTO timing_sessions (session_name, event_name) VALUES ('Live', 'Turkey Trot') RETURNING id`,
  `INSERT INTO timing_reads (session_id, sequence_number, location_name, tag_code, read_time)
     VALUES (1, 1, 'start', '0F2A', '08:00:00.12') ON CONFLICT (session_id, sequence_number, location_name) DO NOTHING`,
  `SELECT count(*) FROM timing_reads WHERE session_id = 1`,
]
