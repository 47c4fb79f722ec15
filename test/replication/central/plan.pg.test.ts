import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type pg from 'pg'
import { describe, expect, test } from 'vitest'
import { uuidOf } from '../../../src/replication/central/columns.ts'
import { recomputePeople } from '../../../src/replication/people/recompute.ts'
import { startPostgres } from '../../support/postgres.ts'
import { migratedDatabase } from './migrated.ts'

const PLAN = 'shared/seed/provider-integration-plan.md'
const ROOT = join(import.meta.dirname, '..', '..', '..')
const found = ['..', '../..'].map(above => join(ROOT, above, PLAN)).find(file => existsSync(file))
const plan = found === undefined ? '' : readFileSync(found, 'utf8')
if (plan === '') console.warn(`SKIPPED: the plan's own queries, there is no ../${PLAN}`)

/** The plan's statement that begins so, as it stands, with its parameters as PostgreSQL numbers them. */
function fromPlan(begin: string): string {
  const at = plan.indexOf(begin)
  if (at < 0) throw new Error(`the plan says nowhere: ${begin}`)
  const [statement = ''] = plan.slice(at).split(/"""|;|\n"/)
  return statement.replaceAll('%s', '$1')
}

const postgres = startPostgres()

/** Two partners; the first has two connections with three runs each, two of whose failed, and people in two events. */
async function aWorkingDay(client: pg.Client): Promise<void> {
  for (const [connection, name] of [
    ['c1', 'RunSignUp to CTLive'],
    ['c2', 'Haku to CTLive'],
  ] as const) {
    await client.query(
      `INSERT INTO provider_connections (timing_partner_id, id, connection_name, source_provider, target_provider,
         auto_sync_enabled, schedule_interval_minutes, last_sync_at)
       VALUES (1, $1, $2, $3, 'ctlive', true, 60, now() - interval '3 hours')`,
      [uuidOf(connection), name, connection],
    )
    for (const [run, status] of [
      ['1', 'completed'],
      ['2', 'failed'],
      ['3', 'completed'],
    ] as const)
      await client.query(
        `INSERT INTO sync_operations (timing_partner_id, id, connection_id, status, trigger_type, started_at, error_code, error_message)
         VALUES (1, $1, $2, $3::text, 'scheduled', now() - interval '5 minutes', CASE $3::text WHEN 'failed' THEN 'network.timeout' END,
           CASE $3::text WHEN 'failed' THEN 'RunSignUp did not answer.' END)`,
        [uuidOf(connection + run), uuidOf(connection), status],
      )
  }
  for (const event of ['5K', '10K'])
    await client.query(
      `INSERT INTO normalized_events (timing_partner_id, id, source_provider, source_event_id, event_name, event_date)
       VALUES (1, $1, 'runsignup', $2, $2, '2026-10-11')`,
      [uuidOf(event), event],
    )
  for (const [person, event] of [
    ['p1', '5K'],
    ['p2', '10K'],
    ['p3', '10K'],
  ] as const)
    await client.query(
      `INSERT INTO normalized_participants (timing_partner_id, id, normalized_event_id, source_provider, source_participant_id,
         first_name, bib_number) VALUES (1, $1, $2, 'runsignup', $3, $3, $3)`,
      [uuidOf(person), uuidOf(event), person],
    )
  await client.query(`SELECT trackside.join_people(1, $1, $2, 'Jo came twice')`, [uuidOf('p1'), uuidOf('p2')])
  await recomputePeople(client, 1, { signal: new AbortController().signal })
}

const QUERIES: readonly (readonly [
  what: string,
  begin: string,
  values: readonly unknown[],
  answer: readonly object[],
])[] = [
  [
    'per-partner counts',
    'SELECT \n    tp.name as timing_partner,\n    COUNT(ne.id)',
    [],
    [
      { timing_partner: 'Big Day Timing', normalized_participants: '6' },
      { timing_partner: 'Second Wind', normalized_events: '0', normalized_participants: '0' },
    ],
  ],
  [
    'unified events',
    'SELECT * FROM unified_events',
    [1],
    [
      { event_name: '10K', timing_partner_name: 'Big Day Timing', participant_count: '2' },
      { event_name: '5K', participant_count: '1', result_count: '0' },
    ],
  ],
  [
    'participants of an event',
    'SELECT np.*, ne.event_name, ne.source_provider',
    [uuidOf('5K')],
    [{ bib_number: 'p1', event_name: '5K', source_provider: 'runsignup' }],
  ],
  [
    'sync summary',
    'SELECT \n            tp.name as timing_partner,\n            COUNT(pc.id)',
    [],
    [
      {
        timing_partner: 'Big Day Timing',
        total_syncs_24h: '6',
        successful_syncs_24h: '4',
        failed_syncs_24h: '2',
      },
      { timing_partner: 'Second Wind', total_connections: '0', total_syncs_24h: '0' },
    ],
  ],
  [
    'participant tracking',
    'SELECT \n            timing_partner_name,',
    [],
    [
      {
        timing_partner_name: 'Big Day Timing',
        unique_participants: '2',
        avg_events_per_participant: '1.5000000000000000',
      },
    ],
  ],
  [
    'failures of the last hour',
    'SELECT \n                pc.connection_name,\n                tp.name as timing_partner,\n                so.error_details',
    [],
    [
      { connection_name: 'Haku to CTLive' },
      {
        connection_name: 'RunSignUp to CTLive',
        timing_partner: 'Big Day Timing',
        error_details: { code: 'network.timeout', message: 'RunSignUp did not answer.' },
      },
    ],
  ],
  [
    'stale connections',
    'SELECT \n                pc.connection_name,\n                tp.name as timing_partner,\n                pc.last_sync_at',
    [],
    [
      { connection_name: 'Haku to CTLive' },
      { connection_name: 'RunSignUp to CTLive', sync_frequency: { hours: 1 } },
    ],
  ],
]

const SHAPES = [
  ['', null],
  ['partitioned by partner, ', 4],
] as const

describe.skipIf(plan === '').each(SHAPES)('%sthe plan’s own SQL runs as it stands:', (_shape, parts) => {
  test('the verification query of 1.1 finds our tables in public', async () => {
    const { owner } = await migratedDatabase(postgres, [], parts)
    const { rows } = await owner.query<{ table_name: string }>(
      fromPlan('SELECT table_name FROM information_schema'),
    )
    expect(rows.map(({ table_name }) => table_name).sort()).toEqual(
      expect.arrayContaining([
        'normalized_events',
        'normalized_participants',
        'normalized_results',
        'provider_connections',
      ]),
    )
  })

  test.each(QUERIES)('%s', async (_what, begin, values, answer) => {
    const { owner } = await migratedDatabase(postgres, ['Big Day Timing', 'Second Wind'], parts)
    await aWorkingDay(owner)
    await owner.query('SET search_path TO DEFAULT')
    const { rows } = await owner.query<Record<string, unknown>>(fromPlan(begin), [...values])
    expect(rows).toHaveLength(answer.length)
    expect(rows).toEqual(expect.arrayContaining(answer.map(row => expect.objectContaining(row))))
  })
})

test('our own views count each connection, person and result once', async () => {
  const { owner } = await migratedDatabase(postgres, ['Big Day Timing', 'Second Wind'])
  await aWorkingDay(owner)
  expect((await owner.query('SELECT * FROM partner_counts ORDER BY timing_partner_id')).rows).toMatchObject([
    { connections: '2', events: '2', registrations: '3', people: '2', results: '0', reads: '0' },
    { connections: '0', events: '0', registrations: '0', people: '0', results: '0', reads: '0' },
  ])
  expect((await owner.query('SELECT * FROM sync_status_summary')).rows).toMatchObject([
    { syncs_24h: '3', completed_24h: '2', failed_24h: '1', manual_24h: '0', sync_status: 'active' },
    { syncs_24h: '3' },
  ])
})

test('a read has its event through its link, and without a link it has none', async () => {
  const { owner } = await migratedDatabase(postgres, ['Big Day Timing'])
  const session = uuidOf('s')
  await owner.query(
    `INSERT INTO timing_reads (timing_partner_id, session_id, identity) VALUES (1, $1, 'a'), (1, $1, 'b')`,
    [session],
  )
  await owner.query(
    `INSERT INTO read_links (timing_partner_id, session_id, read_identity, state, normalized_event_id)
     VALUES (1, $1, 'a', 'linked', $2)`,
    [session, uuidOf('5K')],
  )
  const { rows } = await owner.query(
    'SELECT identity, normalized_event_id FROM linked_reads ORDER BY identity',
  )
  expect(rows).toEqual([
    { identity: 'a', normalized_event_id: uuidOf('5K') },
    { identity: 'b', normalized_event_id: null },
  ])
})
