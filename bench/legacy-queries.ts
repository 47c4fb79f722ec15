import type pg from 'pg'
import { type Figure, ms, percentile, round } from './measure.ts'

const RUNS = 60
const WARM = 5
/** What takes longer is measured once and said. */
const PATIENCE_MS = 120_000

interface PlanQuery {
  readonly name: string
  readonly sql: string
  readonly values?: (n: number) => readonly unknown[]
}

// The plan's own texts; what its programs fill in is $1.
const SYNC_SUMMARY = `SELECT tp.name as timing_partner, COUNT(pc.id) as total_connections,
    COUNT(CASE WHEN pc.sync_status = 'active' THEN 1 END) as active_connections, COUNT(so.id) as total_syncs_24h,
    COUNT(CASE WHEN so.status = 'completed' THEN 1 END) as successful_syncs_24h,
    COUNT(CASE WHEN so.status = 'failed' THEN 1 END) as failed_syncs_24h
  FROM timing_partners tp
  LEFT JOIN provider_connections pc ON tp.id = pc.timing_partner_id
  LEFT JOIN sync_operations so ON pc.id = so.connection_id AND so.started_at > NOW() - INTERVAL '24 hours'
  GROUP BY tp.id, tp.name ORDER BY tp.name`
const TRACKING = `SELECT timing_partner_name, COUNT(DISTINCT global_participant_id) as unique_participants,
    AVG(events_participated) as avg_events_per_participant, COUNT(DISTINCT providers_used) as providers_used
  FROM participant_tracking GROUP BY timing_partner_name`
const UNIFIED = 'SELECT * FROM unified_events WHERE timing_partner_id = $1 ORDER BY event_date DESC LIMIT 50'
const PEOPLE_OF_EVENT = `SELECT np.*, ne.event_name, ne.source_provider FROM normalized_participants np
  JOIN normalized_events ne ON np.normalized_event_id = ne.id WHERE ne.id = $1`
const COUNTS = `SELECT tp.name as timing_partner, COUNT(ne.id) as normalized_events, COUNT(np.id) as normalized_participants
  FROM timing_partners tp LEFT JOIN normalized_events ne ON tp.id = ne.timing_partner_id
  LEFT JOIN normalized_participants np ON tp.id = np.timing_partner_id GROUP BY tp.id, tp.name`

/** A working day of thirteen partners: six connections each, a run every quarter of an hour, for a month. */
const SYNCS = `
  INSERT INTO provider_connections (timing_partner_id, id, connection_name, source_provider, target_provider, auto_sync_enabled, schedule_interval_minutes, clock)
  SELECT tp.id, gen_random_uuid(), 'Connection ' || n, 'bench-' || n, 'scoring', true, 15, '0' FROM timing_partners tp, generate_series(1, 6) n;
  INSERT INTO sync_operations (timing_partner_id, id, connection_id, operation_type, trigger_type, status, started_at)
  SELECT c.timing_partner_id, gen_random_uuid(), c.id, 'participants', 'scheduled', CASE WHEN n % 23 = 0 THEN 'failed' ELSE 'completed' END, now() - n * interval '15 minutes'
  FROM provider_connections c, generate_series(1, 2880) n;
  ANALYZE provider_connections; ANALYZE sync_operations`

/**
 * The plan's queries as it words them, and our own where it asks for sums over everything.
 * @param client the login that asks; ended here
 */
export async function planFigures(
  owner: pg.Client,
  client: pg.Client,
  said: (figure: Figure) => Figure,
): Promise<Figure[]> {
  await owner.query('VACUUM (ANALYZE)')
  await owner.query(SYNCS)
  const { rows: events } = await owner.query<{ id: string }>(
    'SELECT id FROM normalized_events ORDER BY md5(id::text) LIMIT 200',
  )
  const { rows: partners } = await owner.query<{ id: number }>('SELECT id FROM timing_partners ORDER BY id')
  const one = <T>(list: readonly T[], n: number): T => {
    const found = list[n % list.length]
    if (found === undefined) throw new Error('nothing was imported')
    return found
  }
  const queries: readonly PlanQuery[] = [
    { name: "the plan's sync summary", sql: SYNC_SUMMARY },
    { name: "the plan's unified_events, 50 of a partner", sql: UNIFIED, values: n => [one(partners, n).id] },
    { name: "the plan's participants of an event", sql: PEOPLE_OF_EVENT, values: n => [one(events, n).id] },
    { name: 'partner_counts, our own', sql: 'SELECT * FROM partner_counts' },
    { name: 'participant_tracking_summary, our own', sql: 'SELECT * FROM participant_tracking_summary' },
    { name: "the plan's participant tracking", sql: TRACKING },
    { name: "the plan's per-partner counts", sql: COUNTS },
  ]
  const figures: Figure[] = []
  for (const query of queries) figures.push(said(await measured(client, query)))
  await client.end()
  return figures
}

async function measured(client: pg.Client, { name, sql, values }: PlanQuery): Promise<Figure> {
  const samples: number[] = []
  const once = async (n: number): Promise<number> => {
    const began = performance.now()
    await client.query(sql, [...(values?.(n) ?? [])])
    return ms(began)
  }
  await client.query(`SET statement_timeout = ${PATIENCE_MS}`)
  try {
    const first = await once(0)
    // Fifty runs of a query of seconds say no more than five.
    const runs = first > 20_000 ? 0 : first > 2000 ? 5 : RUNS
    for (let n = 1; n <= WARM && runs === RUNS; n += 1) await once(n)
    for (let n = 0; n < runs; n += 1) samples.push(await once(n + WARM))
    if (runs === 0) samples.push(first)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === '57014')) throw error
    return {
      what: name,
      measured: `not done after ${PATIENCE_MS / 1000} s`,
      beside: '–',
      reach: 'p95 ≤ 100 ms',
    }
  } finally {
    await client.query('SET statement_timeout = 0')
  }
  return {
    what: name,
    measured: `p50 ${round(percentile(samples, 0.5), 1)} ms, p95 ${round(percentile(samples, 0.95), 1)} ms of ${samples.length} runs`,
    beside: '–',
    reach: 'p95 ≤ 100 ms',
  }
}
