-- The plan's views, with the invoker's rights. What is counted is distinct: a join over operations multiplies nothing.

CREATE VIEW trackside.unified_events WITH (security_invoker = true) AS
SELECT
  e.id, e.timing_partner_id, tp.name AS timing_partner_name, e.source_provider, e.source_event_id, e.source_race_id,
  e.race_name, e.event_name, e.event_date, e.start_at, e.timezone, e.event_type, e.race_distance, e.location_city,
  e.location_state, e.location_country, e.max_participants, e.registration_open_date, e.registration_close_date,
  e.event_status, e.synced_at, e.created_at, e.updated_at,
  (SELECT count(*) FROM normalized_participants p
   WHERE p.timing_partner_id = e.timing_partner_id AND p.normalized_event_id = e.id) AS participant_count,
  (SELECT count(*) FROM normalized_results r
   WHERE r.timing_partner_id = e.timing_partner_id AND r.normalized_event_id = e.id) AS result_count
FROM normalized_events e
LEFT JOIN timing_partners tp ON tp.id = e.timing_partner_id;

CREATE VIEW trackside.sync_status_summary WITH (security_invoker = true) AS
SELECT
  pc.timing_partner_id, tp.name AS timing_partner_name, pc.id AS connection_id, pc.connection_name, pc.source_provider,
  pc.target_provider, pc.sync_status, pc.auto_sync_enabled, pc.sync_frequency, pc.last_sync_at, pc.last_success_at,
  so.syncs_24h, so.completed_24h, so.failed_24h, so.manual_24h
FROM provider_connections pc
LEFT JOIN timing_partners tp ON tp.id = pc.timing_partner_id
CROSS JOIN LATERAL (
  SELECT
    count(*) AS syncs_24h,
    count(*) FILTER (WHERE o.status = 'completed') AS completed_24h,
    count(*) FILTER (WHERE o.status = 'failed') AS failed_24h,
    count(*) FILTER (WHERE o.trigger_type = 'manual') AS manual_24h
  FROM sync_operations o
  WHERE o.timing_partner_id = pc.timing_partner_id AND o.connection_id = pc.id
    AND o.started_at > now() - interval '24 hours'
) so
WHERE pc.deleted_at IS NULL;

-- One row a person. Who has not been recognised in another event is a person of their own.
CREATE VIEW trackside.participant_tracking WITH (security_invoker = true) AS
SELECT
  p.timing_partner_id, tp.name AS timing_partner_name, p.person AS global_participant_id,
  min(p.first_name) AS first_name, min(p.last_name) AS last_name, min(p.email) AS email,
  count(DISTINCT p.normalized_event_id) AS events_participated,
  string_agg(DISTINCT p.source_provider, ', ') AS providers_used,
  min(e.event_date) AS first_event_date, max(e.event_date) AS last_event_date
FROM (SELECT *, coalesce(global_participant_id, id) AS person FROM normalized_participants) p
LEFT JOIN normalized_events e ON e.timing_partner_id = p.timing_partner_id AND e.id = p.normalized_event_id
LEFT JOIN timing_partners tp ON tp.id = p.timing_partner_id
GROUP BY p.timing_partner_id, tp.name, p.person;

-- The plan's timing_reads.normalized_event_id: whose a read is follows from the links, and never from the read.
CREATE VIEW trackside.linked_reads WITH (security_invoker = true) AS
SELECT r.*, l.state, l.reason, l.participant_id, l.normalized_event_id, l.location_id, l.at AS linked_at
FROM timing_reads r
LEFT JOIN read_links l
  ON l.timing_partner_id = r.timing_partner_id AND l.session_id = r.session_id AND l.read_identity = r.identity;

CREATE VIEW trackside.partner_counts WITH (security_invoker = true) AS
SELECT
  tp.id AS timing_partner_id, tp.name AS timing_partner_name,
  (SELECT count(*) FROM provider_connections c WHERE c.timing_partner_id = tp.id AND c.deleted_at IS NULL) AS connections,
  (SELECT count(*) FROM normalized_events e WHERE e.timing_partner_id = tp.id) AS events,
  (SELECT count(*) FROM normalized_participants p WHERE p.timing_partner_id = tp.id) AS registrations,
  (SELECT count(DISTINCT coalesce(p.global_participant_id, p.id)) FROM normalized_participants p
   WHERE p.timing_partner_id = tp.id) AS people,
  (SELECT count(*) FROM normalized_results r WHERE r.timing_partner_id = tp.id) AS results,
  (SELECT count(*) FROM timing_reads r WHERE r.timing_partner_id = tp.id) AS reads
FROM timing_partners tp;

GRANT SELECT ON trackside.unified_events, trackside.sync_status_summary, trackside.participant_tracking,
  trackside.linked_reads, trackside.partner_counts TO trackside_member, trackside_admin;
SELECT trackside.settle(ARRAY['unified_events', 'sync_status_summary', 'participant_tracking', 'linked_reads', 'partner_counts']);
