import type { Client } from 'pg'
import { describe, expect, test, vi } from 'vitest'
import { uuidOf } from '../../../src/replication/central/columns.ts'
import { recomputePeople } from '../../../src/replication/people/recompute.ts'
import { startPostgres } from '../../support/postgres.ts'
import { centralDatabase, copiesOf } from '../legacy/old-platform.ts'

vi.setConfig({ testTimeout: 60_000 })
const postgres = startPostgres()
const central = copiesOf(postgres, async () => {
  const database = await centralDatabase(postgres)
  await database.client.query(`INSERT INTO timing_partners (id, name) VALUES (1, 'Harbor'), (2, 'Fog')`)
  for (const partner of [1, 2])
    for (const event of ['5K', '10K'])
      await database.client.query(
        `INSERT INTO normalized_events (timing_partner_id, id, source_provider, source_event_id, event_name, event_date)
         VALUES ($1, $2, 'runsignup', $3, $3, '2026-05-09')`,
        [partner, uuidOf(event), event],
      )
  return database
})

const register = (
  client: Client,
  key: string,
  said: {
    readonly event?: string
    readonly partner?: number
    readonly first?: string
    readonly email?: string
    readonly born?: string
  },
): Promise<unknown> =>
  client.query(
    `INSERT INTO normalized_participants (timing_partner_id, id, normalized_event_id, source_provider, source_participant_id,
       first_name, last_name, email, date_of_birth, hash_key) VALUES ($1, $2, $3, 'runsignup', $4, $5, 'Ruiz', $6, $7, 'x')
     ON CONFLICT (timing_partner_id, id) DO UPDATE SET first_name = excluded.first_name, email = excluded.email, date_of_birth = excluded.date_of_birth`,
    [
      said.partner ?? 1,
      uuidOf(key),
      uuidOf(said.event ?? '5K'),
      key,
      said.first ?? 'Ana',
      said.email ?? null,
      said.born ?? null,
    ],
  )

const compute = (client: Client, partner = 1) =>
  recomputePeople(client, partner, { signal: new AbortController().signal })

/** Who is together, by the keys of their registrations. */
async function groups(client: Client, partner = 1): Promise<readonly string[]> {
  const { rows } = await client.query<{ keys: string }>(
    `SELECT string_agg(source_participant_id, ' ' ORDER BY source_participant_id) AS keys FROM normalized_participants
     WHERE timing_partner_id = $1 GROUP BY global_participant_id ORDER BY 1`,
    [partner],
  )
  return rows.map(({ keys }) => keys)
}

const tracked = async (client: Client): Promise<readonly unknown[]> =>
  (
    await client.query(
      `SELECT first_name, events_participated::int AS events, providers_used FROM participant_tracking WHERE timing_partner_id = 1 ORDER BY 2 DESC, 1`,
    )
  ).rows

const ANA = { email: 'ana@example.org', born: '1986-01-06' }

describe('who is one person over events', () => {
  test('is computed with its confidence and evidence, and tracked', async () => {
    const { client } = await central()
    await register(client, 'a1', { ...ANA, event: '5K' })
    await register(client, 'a2', { ...ANA, event: '10K', first: 'ÁNA' })
    await register(client, 'b', { first: 'Bea', email: ANA.email, born: ANA.born })
    expect(await tracked(client)).toHaveLength(3)
    expect(await compute(client)).toEqual({ registrations: 3, people: 2 })
    expect(await groups(client)).toEqual(['a1 a2', 'b'])
    const { rows } = await client.query(
      'SELECT confidence_score, linked_participants FROM global_participants ORDER BY events_participated DESC',
    )
    expect(rows[0]).toMatchObject({
      confidence_score: 0.99,
      linked_participants: [{ evidence: 'email-name-birth' }, { evidence: 'email-name-birth' }],
    })
    expect(await tracked(client)).toMatchObject([{ events: 2 }, { first_name: 'Bea', events: 1 }])
  })

  test('never over partners', async () => {
    const { client } = await central()
    await register(client, 'a1', { ...ANA, partner: 1 })
    await register(client, 'a2', { ...ANA, partner: 2 })
    await compute(client, 1)
    await compute(client, 2)
    expect(await groups(client, 1)).toEqual(['a1'])
    expect(await groups(client, 2)).toEqual(['a2'])
  })

  test('follows what changes, and compares again only who may be touched by it', async () => {
    const { client } = await central()
    await register(client, 'a1', ANA)
    await register(client, 'a2', { ...ANA, event: '10K' })
    await register(client, 'c', { first: 'Cy', email: 'cy@example.org', born: '1990-01-02' })
    await compute(client)
    expect(await compute(client)).toEqual({ registrations: 0, people: 0 })
    await register(client, 'a2', { ...ANA, event: '10K', born: '2014-01-06' })
    expect(await compute(client)).toEqual({ registrations: 2, people: 2 })
    expect(await groups(client)).toEqual(['a1', 'a2', 'c'])
    await register(client, 'a2', {
      ...ANA,
      event: '10K',
      first: 'Cy',
      email: 'cy@example.org',
      born: '1990-01-02',
    })
    await compute(client)
    expect(await groups(client)).toEqual(['a1', 'a2 c'])
    const { rows } = await client.query('SELECT count(*)::int AS people FROM global_participants')
    expect(rows).toEqual([{ people: 2 }])
  })

  test("the crew's split and join outlast every computing, and can be taken back", async () => {
    const { client } = await central()
    await register(client, 'a1', ANA)
    await register(client, 'a2', { ...ANA, event: '10K' })
    await register(client, 'd', { first: 'Dee', email: 'dee@example.org' })
    const { rows: split } = await client.query<{ id: string }>(
      `SELECT trackside.split_person(1, $1, 'Cousins with one birthday') AS id`,
      [uuidOf('a2')],
    )
    const { rows: joined } = await client.query<{ id: string }>(
      `SELECT trackside.join_people(1, $1, $2, 'Dee is her nickname') AS id`,
      [uuidOf('a1'), uuidOf('d')],
    )
    await compute(client)
    expect(await groups(client)).toEqual(['a1 d', 'a2'])
    await register(client, 'a3', { ...ANA, event: '10K' })
    await compute(client)
    expect(await groups(client)).toEqual(['a1 a3 d', 'a2'])
    await client.query('SELECT trackside.withdraw_person_decision(1, $1)', [split[0]?.id])
    await client.query('SELECT trackside.withdraw_person_decision(1, $1)', [joined[0]?.id])
    await compute(client)
    expect(await groups(client)).toEqual(['a1 a2 a3', 'd'])
  })

  test('tallies are what counting finds, also with several writing at once', async () => {
    const { url, client } = await central()
    const writers = await Promise.all([1, 2, 3].map(() => postgres.connect(url)))
    await Promise.all(
      writers.map(async (writer, at) => {
        for (let n = 0; n < 90; n += 1)
          await register(writer, `w${at}-${n}`, {
            first: ['Ana', 'Bo', 'Cy'][n % 3] ?? 'Ana',
            email: `${n % 40}@example.org`,
            born: '1986-01-06',
          })
      }),
    )
    await client.query(`DELETE FROM normalized_participants WHERE source_participant_id LIKE 'w1-1%'`)
    await compute(client)
    const { rows } = await client.query(
      `SELECT c.registrations::int AS registrations, c.people::int AS people, s.unique_participants::int AS unique,
         s.avg_events_per_participant::float8 AS average, s.providers_used::int AS providers, s.uncompared::int AS uncompared
       FROM partner_counts c JOIN participant_tracking_summary s USING (timing_partner_id) WHERE c.timing_partner_id = 1`,
    )
    const { rows: counted } = await client.query(
      `SELECT (SELECT count(*) FROM normalized_participants)::int AS registrations, count(DISTINCT global_participant_id)::int AS people,
         count(DISTINCT global_participant_id)::int AS unique, avg(events_participated)::float8 AS average,
         count(DISTINCT providers_used)::int AS providers, 0 AS uncompared FROM participant_tracking`,
    )
    expect(counted[0].registrations).toBeGreaterThan(200)
    expect(rows).toEqual(counted)
    const { rows: views } =
      await client.query(`SELECT relnamespace::regnamespace::text || '.' || relname AS name FROM pg_class
      WHERE relname IN ('partner_counts', 'participant_tracking') ORDER BY relname`)
    expect(views.map(({ name }) => name)).toEqual(['public.participant_tracking', 'public.partner_counts'])
    const { rows: kept } = await client.query(
      `SELECT count(*)::int AS rows FROM trackside.tallies WHERE of_table = 'normalized_participants'`,
    )
    expect(kept[0].rows).toBeLessThan(271)
  })
})
