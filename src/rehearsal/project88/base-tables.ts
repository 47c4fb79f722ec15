/**
 * The existing platform's tables as its base script makes them, but for those that hold no people (queues, history,
 * credentials). Written from the facts alone.
 */
export const BASE_TABLES = `
CREATE TABLE timing_partners (timing_partner_id serial PRIMARY KEY, company_name varchar(255) NOT NULL,
  access_password varchar(255), created_at timestamp DEFAULT now(), updated_at timestamp DEFAULT now());
CREATE TABLE users (user_id serial PRIMARY KEY, email varchar(255) NOT NULL UNIQUE,
  timing_partner_id int REFERENCES timing_partners (timing_partner_id) ON DELETE CASCADE,
  created_at timestamp DEFAULT now(), updated_at timestamp DEFAULT now());
CREATE TABLE providers (provider_id serial PRIMARY KEY, name varchar(100) NOT NULL UNIQUE, provider_type varchar(50),
  api_base_url varchar(255), rate_limit_per_hour int DEFAULT 1000, created_at timestamp DEFAULT now());
CREATE TABLE runsignup_races (race_id int PRIMARY KEY, name text, last_date timestamp, last_end_date timestamp,
  next_date timestamp, next_end_date timestamp, is_draft_race bool, is_private_race bool, is_registration_open bool,
  created timestamp, last_modified timestamp, description text, url varchar(255), external_race_url varchar(255),
  external_results_url varchar(255), fb_page_id varchar(50), fb_event_id varchar(50), address jsonb, timezone varchar(50),
  logo_url varchar(255), real_time_notifications_enabled bool, fetched_date timestamp DEFAULT now(),
  credentials_used varchar(255), timing_partner_id int REFERENCES timing_partners (timing_partner_id) ON DELETE CASCADE,
  created_at timestamp DEFAULT now());
CREATE TABLE runsignup_events (event_id int PRIMARY KEY, race_id int REFERENCES runsignup_races (race_id) ON DELETE CASCADE,
  name text, details text, start_time timestamp, end_time timestamp, age_calc_base_date date, registration_opens timestamp,
  event_type varchar(50), distance decimal(10,2), volunteer bool, require_dob bool, require_phone bool, giveaway text,
  fetched_date timestamp DEFAULT now(), credentials_used varchar(255),
  timing_partner_id int REFERENCES timing_partners (timing_partner_id) ON DELETE CASCADE, created_at timestamp DEFAULT now());
CREATE TABLE runsignup_participants (id serial PRIMARY KEY,
  race_id int REFERENCES runsignup_races (race_id) ON DELETE CASCADE,
  event_id int REFERENCES runsignup_events (event_id) ON DELETE CASCADE, registration_id int, user_id int,
  first_name varchar(100), middle_name varchar(100), last_name varchar(100), email varchar(255), address jsonb, dob date,
  gender varchar(20), phone varchar(20), profile_image_url varchar(255), bib_num varchar(20), chip_num varchar(20), age int,
  registration_date timestamp, team_info jsonb, payment_info jsonb, additional_data jsonb,
  fetched_date timestamp DEFAULT now(), credentials_used varchar(255),
  timing_partner_id int REFERENCES timing_partners (timing_partner_id) ON DELETE CASCADE, created_at timestamp DEFAULT now());
CREATE TABLE ct_events (event_id varchar(100) PRIMARY KEY, event_tag varchar(50), event_name varchar(255),
  event_description text, event_start_time timestamp, event_end_time timestamp, event_site_uri varchar(255),
  event_is_published bool, event_device_protocol varchar(50), event_external_id varchar(100), organization_id varchar(100),
  organization_name varchar(255), location jsonb,
  timing_partner_id int REFERENCES timing_partners (timing_partner_id) ON DELETE CASCADE, created_at timestamp DEFAULT now());
CREATE TABLE ct_races (race_id varchar(100), event_id varchar(100) REFERENCES ct_events (event_id) ON DELETE CASCADE,
  race_tag varchar(50), race_name varchar(255), race_type varchar(50), race_subtype varchar(50),
  race_course_distance decimal(10,2), race_pref_distance_unit varchar(20), race_planned_start_time timestamp,
  race_planned_end_time timestamp, race_actual_start_time timestamp, race_actual_end_time timestamp,
  race_age_ref_time timestamp, timing_partner_id int REFERENCES timing_partners (timing_partner_id) ON DELETE CASCADE,
  created_at timestamp DEFAULT now(), PRIMARY KEY (race_id, event_id));
CREATE TABLE ct_participants (entry_id varchar(100) PRIMARY KEY,
  event_id varchar(100) REFERENCES ct_events (event_id) ON DELETE CASCADE, race_id varchar(100),
  entry_external_id varchar(100), entry_name varchar(255), entry_type varchar(50), entry_status varchar(50),
  entry_bib varchar(20), entry_race_age int, athlete_id varchar(100), athlete_first_name varchar(100),
  athlete_last_name varchar(100), athlete_sex varchar(10), athlete_birthdate date, athlete_email varchar(255),
  athlete_home_phone varchar(20), athlete_mobile_phone varchar(20), location jsonb, team_id varchar(100),
  team_name varchar(255), timing_partner_id int REFERENCES timing_partners (timing_partner_id) ON DELETE CASCADE,
  created_at timestamp DEFAULT now(), credentials_used varchar(255));
CREATE TABLE ct_results (id serial PRIMARY KEY, event_id varchar(100) REFERENCES ct_events (event_id) ON DELETE CASCADE,
  race_id varchar(100), entry_id varchar(100), results_bib varchar(20), results_first_name varchar(100),
  results_last_name varchar(100), results_sex varchar(10), results_age int, results_hometown varchar(100),
  results_state_code varchar(10), results_postal_code varchar(20), results_country_code varchar(10),
  results_time interval, results_gun_time interval, results_pace interval, results_gun_pace interval, results_rank int,
  results_bracket_name varchar(100), results_primary_bracket_name varchar(100),
  timing_partner_id int REFERENCES timing_partners (timing_partner_id) ON DELETE CASCADE,
  created_at timestamp DEFAULT now(), credentials_used varchar(255));
CREATE TABLE raceroster_events (event_id int PRIMARY KEY, race_id int, name varchar(255), description text,
  start_date timestamp, end_date timestamp, location_name varchar(255), address jsonb, timezone varchar(50),
  distance decimal(10,2), event_type varchar(50), registration_open_date timestamp, registration_close_date timestamp,
  max_participants int, current_participants int, price decimal(10,2), currency varchar(10), status varchar(50),
  fetched_date timestamp DEFAULT now(), credentials_used varchar(255),
  timing_partner_id int REFERENCES timing_partners (timing_partner_id) ON DELETE CASCADE, created_at timestamp DEFAULT now());
CREATE TABLE raceroster_participants (id serial PRIMARY KEY,
  event_id int REFERENCES raceroster_events (event_id) ON DELETE CASCADE, registration_id int, bib_number varchar(20),
  first_name varchar(100), last_name varchar(100), email varchar(255), phone varchar(20), date_of_birth date,
  gender varchar(20), address jsonb, emergency_contact jsonb, team_name varchar(255), division varchar(100),
  registration_date timestamp, registration_status varchar(50), payment_status varchar(50), amount_paid decimal(10,2),
  additional_info jsonb, fetched_date timestamp DEFAULT now(), credentials_used varchar(255),
  timing_partner_id int REFERENCES timing_partners (timing_partner_id) ON DELETE CASCADE, created_at timestamp DEFAULT now());
CREATE TABLE copernico_events (event_id varchar(100) PRIMARY KEY, competition_id varchar(100), event_name varchar(255),
  event_description text, event_date timestamp, location varchar(255), discipline varchar(100), categories jsonb,
  status varchar(50), created_at timestamp DEFAULT now(), updated_at timestamp DEFAULT now(),
  fetched_date timestamp DEFAULT now(), credentials_used varchar(255),
  timing_partner_id int REFERENCES timing_partners (timing_partner_id) ON DELETE CASCADE);
CREATE TABLE copernico_participants (id serial PRIMARY KEY,
  event_id varchar(100) REFERENCES copernico_events (event_id) ON DELETE CASCADE, participant_id varchar(100),
  bib_number varchar(20), first_name varchar(100), last_name varchar(100), date_of_birth date, gender varchar(20),
  nationality varchar(50), club_team varchar(255), category varchar(100), license_number varchar(50),
  registration_status varchar(50), created_at timestamp DEFAULT now(), updated_at timestamp DEFAULT now(),
  fetched_date timestamp DEFAULT now(), credentials_used varchar(255),
  timing_partner_id int REFERENCES timing_partners (timing_partner_id) ON DELETE CASCADE);
CREATE TABLE copernico_results (id serial PRIMARY KEY,
  event_id varchar(100) REFERENCES copernico_events (event_id) ON DELETE CASCADE, participant_id varchar(100),
  bib_number varchar(20), first_name varchar(100), last_name varchar(100), category varchar(100), start_time timestamp,
  finish_time timestamp, total_time interval, split_times jsonb, overall_position int, category_position int,
  status varchar(20), created_at timestamp DEFAULT now(), updated_at timestamp DEFAULT now(),
  fetched_date timestamp DEFAULT now(), credentials_used varchar(255),
  timing_partner_id int REFERENCES timing_partners (timing_partner_id) ON DELETE CASCADE);
CREATE TABLE haku_events (event_id varchar(100) PRIMARY KEY, organization_id varchar(100), event_name varchar(255),
  event_description text, start_date timestamp, end_date timestamp, location varchar(255), event_type varchar(50),
  distance decimal(10,2), registration_limit int, registration_count int, registration_fee decimal(10,2),
  currency varchar(10), status varchar(50), created_at timestamp DEFAULT now(), updated_at timestamp DEFAULT now(),
  fetched_date timestamp DEFAULT now(), credentials_used varchar(255),
  timing_partner_id int REFERENCES timing_partners (timing_partner_id) ON DELETE CASCADE);
CREATE TABLE haku_participants (id serial PRIMARY KEY,
  event_id varchar(100) REFERENCES haku_events (event_id) ON DELETE CASCADE, participant_id varchar(100),
  bib_number varchar(20), first_name varchar(100), last_name varchar(100), email varchar(255), phone varchar(20),
  date_of_birth date, gender varchar(20), nationality varchar(50), emergency_contact jsonb, team_affiliation varchar(255),
  category varchar(100), registration_date timestamp, payment_status varchar(50), amount_paid decimal(10,2),
  special_requirements text, fetched_date timestamp DEFAULT now(), credentials_used varchar(255),
  timing_partner_id int REFERENCES timing_partners (timing_partner_id) ON DELETE CASCADE, created_at timestamp DEFAULT now());
CREATE INDEX ON runsignup_events (timing_partner_id);
CREATE INDEX ON runsignup_events (start_time);
CREATE INDEX ON runsignup_participants (event_id);
CREATE INDEX ON runsignup_participants (timing_partner_id);
CREATE INDEX ON runsignup_participants (bib_num);
CREATE INDEX ON runsignup_participants (email);
CREATE INDEX ON ct_events (timing_partner_id);
CREATE INDEX ON ct_events (event_start_time);
CREATE INDEX ON ct_participants (event_id);
CREATE INDEX ON ct_participants (timing_partner_id);
CREATE INDEX ON ct_participants (entry_bib);
CREATE INDEX ON ct_results (event_id);
CREATE INDEX ON ct_results (timing_partner_id);
CREATE INDEX ON ct_results (results_bib);
CREATE INDEX ON raceroster_events (timing_partner_id);
CREATE INDEX ON raceroster_participants (event_id);
CREATE INDEX ON raceroster_participants (timing_partner_id);
CREATE INDEX ON copernico_events (timing_partner_id);
CREATE INDEX ON copernico_participants (event_id);
CREATE INDEX ON copernico_participants (timing_partner_id);
CREATE INDEX ON copernico_results (event_id);
CREATE INDEX ON copernico_results (timing_partner_id);
CREATE INDEX ON haku_events (timing_partner_id);
CREATE INDEX ON haku_participants (event_id);
CREATE INDEX ON haku_participants (timing_partner_id);
`
