/** What later scripts of the existing platform made of the same tables; each is run upon the base tables. */

/** The providers' tables made anew, with keys of text and other columns. */
export const SECOND_TABLES = `
DROP TABLE raceroster_participants, raceroster_events, copernico_results, copernico_participants, copernico_events,
  haku_participants, haku_events;
CREATE TABLE raceroster_events (event_id varchar(100) PRIMARY KEY, name varchar(255), description text,
  start_date timestamp, end_date timestamp, city varchar(100), state varchar(50), country varchar(50),
  distance decimal(10,2), max_participants int, registration_open_date timestamp, registration_close_date timestamp,
  event_type varchar(50), currency varchar(10), registration_fee decimal(10,2), event_status varchar(20) DEFAULT 'active',
  fetched_date timestamp DEFAULT now(), credentials_used varchar(255), timing_partner_id int, created_at timestamp DEFAULT now());
CREATE TABLE raceroster_participants (id serial PRIMARY KEY, event_id varchar(100), participant_id varchar(100),
  bib_number varchar(20), first_name varchar(100), last_name varchar(100), email varchar(255), phone varchar(20),
  date_of_birth date, gender varchar(20), address jsonb, emergency_contact jsonb, team_name varchar(255),
  division varchar(50), registration_date timestamp, payment_status varchar(20), amount_paid decimal(10,2),
  special_requirements text, fetched_date timestamp DEFAULT now(), credentials_used varchar(255), timing_partner_id int,
  created_at timestamp DEFAULT now());
CREATE TABLE copernico_events (event_id varchar(100) PRIMARY KEY, event_name varchar(255), event_description text,
  event_date timestamp, location varchar(255), event_type varchar(50), distance_km decimal(10,2), max_participants int,
  event_status varchar(20) DEFAULT 'active', organization_id varchar(100), fetched_date timestamp DEFAULT now(),
  credentials_used varchar(255), timing_partner_id int, created_at timestamp DEFAULT now());
CREATE TABLE copernico_participants (id serial PRIMARY KEY, event_id varchar(100), participant_id varchar(100),
  bib_number varchar(20), first_name varchar(100), last_name varchar(100), email varchar(255), gender varchar(20),
  age int, category varchar(50), team_name varchar(255), registration_status varchar(20) DEFAULT 'registered',
  fetched_date timestamp DEFAULT now(), credentials_used varchar(255), timing_partner_id int, created_at timestamp DEFAULT now());
CREATE TABLE copernico_results (id serial PRIMARY KEY, event_id varchar(100), participant_id varchar(100),
  bib_number varchar(20), overall_place int, gender_place int, division_place int, start_time timestamp,
  finish_time timestamp, total_time interval, split_times jsonb, result_status varchar(20) DEFAULT 'finished',
  fetched_date timestamp DEFAULT now(), credentials_used varchar(255), timing_partner_id int, created_at timestamp DEFAULT now());
CREATE TABLE haku_events (event_id varchar(100) PRIMARY KEY, organization_id varchar(100), event_name varchar(255),
  event_description text, start_date timestamp, end_date timestamp, location varchar(255), event_type varchar(50),
  distance varchar(50), registration_limit int, registration_count int, registration_fee decimal(10,2),
  currency varchar(10), event_status varchar(20) DEFAULT 'active', fetched_date timestamp DEFAULT now(),
  credentials_used varchar(255), timing_partner_id int, created_at timestamp DEFAULT now());
CREATE TABLE haku_participants (id serial PRIMARY KEY, event_id varchar(100), participant_id varchar(100),
  bib_number varchar(20), first_name varchar(100), last_name varchar(100), email varchar(255), phone varchar(20),
  date_of_birth date, gender varchar(20), nationality varchar(50), emergency_contact jsonb, team_affiliation varchar(255),
  category varchar(50), registration_date timestamp, payment_status varchar(20), amount_paid decimal(10,2),
  special_requirements text, fetched_date timestamp DEFAULT now(), credentials_used varchar(255), timing_partner_id int,
  created_at timestamp DEFAULT now(), UNIQUE (event_id, participant_id, timing_partner_id));
`

/** The "revised enhancement", which says text of everything. */
export const THIRD_TABLES = `
DROP TABLE raceroster_participants, raceroster_events, copernico_results, copernico_participants, copernico_events,
  haku_participants, haku_events;
CREATE TABLE raceroster_events (event_id int PRIMARY KEY, race_id int, name text, description text, start_date text,
  end_date text, location_name text, address_line1 text, address_line2 text, city text, state text, postal_code text,
  country text, timezone text, distance text, event_type text, registration_open_date text, registration_close_date text,
  max_participants int, current_participants int, price text, currency text, status text, fetched_date text,
  credentials_used text, timing_partner_id int);
CREATE TABLE raceroster_participants (id serial PRIMARY KEY, event_id int, registration_id int, bib_number text,
  first_name text, last_name text, email text, phone text, date_of_birth text, gender text, address_line1 text,
  address_line2 text, city text, state text, postal_code text, country text, emergency_contact_name text,
  emergency_contact_phone text, team_name text, division text, registration_date text, registration_status text,
  payment_status text, amount_paid text, shirt_size text, dietary_restrictions text, medical_conditions text,
  fetched_date text, credentials_used text, timing_partner_id int);
CREATE TABLE copernico_events (event_id text PRIMARY KEY, competition_id text, event_name text, event_description text,
  event_date text, location text, discipline text, gender_categories text, age_categories text, distance_categories text,
  status text, created_at text, updated_at text, fetched_date text, credentials_used text, timing_partner_id int);
CREATE TABLE copernico_participants (id serial PRIMARY KEY, event_id text, participant_id text, bib_number text,
  first_name text, last_name text, date_of_birth text, gender text, nationality text, club_team text, category text,
  license_number text, registration_status text, created_at text, updated_at text, fetched_date text,
  credentials_used text, timing_partner_id int);
CREATE TABLE copernico_results (id serial PRIMARY KEY, event_id text, participant_id text, bib_number text,
  first_name text, last_name text, category text, start_time text, finish_time text, total_time text, split_times text,
  overall_position int, category_position int, status text, created_at text, updated_at text, fetched_date text,
  credentials_used text, timing_partner_id int);
CREATE TABLE haku_events (event_id text PRIMARY KEY, organization_id text, event_name text, event_description text,
  start_date text, end_date text, location text, event_type text, distance text, registration_limit int,
  registration_count int, registration_fee text, currency text, status text, created_at text, updated_at text,
  fetched_date text, credentials_used text, timing_partner_id int);
CREATE TABLE haku_participants (id serial PRIMARY KEY, event_id text, participant_id text, bib_number text,
  first_name text, last_name text, email text, phone text, date_of_birth text, gender text, nationality text,
  emergency_contact text, team_affiliation text, category text, registration_date text, payment_status text,
  amount_paid text, special_requirements text, fetched_date text, credentials_used text, timing_partner_id int);
`

/** RunSignUp's participants as production fills them, and what was added to ChronoTrack's tables later. */
export const PRODUCTION_TABLES = `
DROP TABLE runsignup_participants;
CREATE TABLE runsignup_participants (race_id int, event_id int, registration_id bigint, user_id bigint, first_name text,
  middle_name text, last_name text, email text, address text, dob text, gender text, phone text, profile_image_url text,
  bib_num int, chip_num text, age int, registration_date text, team_id int, team_name text, team_type_id int,
  team_type text, team_gender text, team_bib_num int, race_fee text, offline_payment_amount text, processing_fee text,
  processing_fee_paid_by_user text, processing_fee_paid_by_race text, partner_fee text, affiliate_profit text,
  extra_fees text, amount_paid text, rsu_transaction_id bigint, transaction_id text, usatf_discount_amount_in_cents text,
  usatf_discount_additional_field text, giveaway text, giveaway_option_id int, fundraiser_id int,
  fundraiser_charity_id int, fundraiser_charity_name text, team_fundraiser_id int, multi_race_bundle_id int,
  multi_race_bundle text, signed_waiver_details text, imported text, last_modified bigint, fetched_date timestamp,
  credentials_used text, timing_partner_id int);
CREATE INDEX ON runsignup_participants (event_id);
CREATE INDEX ON runsignup_participants (timing_partner_id);
CREATE TABLE runsignup_results (event_id int, bib_number varchar(20), result_set_id int, clock_time varchar(50),
  chip_time varchar(50), overall_place int, gender_place int, division_place int, race_name varchar(255), user_id int,
  first_name varchar(100), last_name varchar(100), timing_partner_id int, UNIQUE (event_id, bib_number, result_set_id));
CREATE TABLE runsignup_participant_counts (id serial PRIMARY KEY, race_id int, event_id int, count_date timestamp,
  registered_count int, completed_count int, active_count int, incomplete_count int, registered_male_count int,
  registered_female_count int, registered_non_binary_count int, registered_unspecified_count int, group_count int,
  donations_count int, donations_total decimal(10,2), credentials_used varchar(255), timing_partner_id int);
ALTER TABLE ct_events ADD data_source varchar(50) DEFAULT 'tcp_hardware', ADD provider_event_id varchar(100),
  ADD api_fetched_date timestamp, ADD api_credentials_used varchar(100);
ALTER TABLE ct_participants ADD data_source varchar(50) DEFAULT 'tcp_hardware', ADD provider_participant_id varchar(100),
  ADD api_fetched_date timestamp, ADD emergency_contact jsonb, ADD payment_status varchar(50),
  ADD amount_paid decimal(10,2), ADD registration_status varchar(50) DEFAULT 'active';
ALTER TABLE ct_results ADD data_source varchar(50) DEFAULT 'tcp_hardware', ADD provider_result_id varchar(100),
  ADD api_fetched_date timestamp, ADD result_status varchar(50) DEFAULT 'finished', ADD split_times jsonb;
`
