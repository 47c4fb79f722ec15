import { describe, expect, test } from 'vitest'
import { uuidOf } from '../../../src/replication/central/columns.ts'
import { checkSchema, migrateCentral } from '../../../src/replication/central/migrate.ts'
import { startPostgres } from '../../support/postgres.ts'
import { COLLECTOR, COLLECTOR_PROGRAMS, PLATFORM, PROGRAMS } from './existing-platform.ts'
import { CENTRAL_MIGRATIONS } from './migrated.ts'

const postgres = startPostgres()

async function beside(existing: string) {
  const url = await postgres.freshDatabase()
  const owner = await postgres.connect(url)
  await owner.query(existing)
  await migrateCentral(owner, CENTRAL_MIGRATIONS)
  return { url, owner }
}

describe('beside the existing platform', () => {
  test('its programs go on as before', async () => {
    const { owner } = await beside(PLATFORM + COLLECTOR)
    for (const statement of [...PROGRAMS, ...COLLECTOR_PROGRAMS]) await owner.query(statement)
    const { rows } = await owner.query('SELECT company_name FROM timing_partners ORDER BY timing_partner_id')
    expect(rows.map(row => row.company_name)).toEqual(['Big Day Timing', 'Second Wind', 'Third Lap LLC'])
    expect((await owner.query('SELECT source FROM unified_events')).rows).toEqual([{ source: 'runsignup' }])
    expect((await owner.query('SELECT count(*)::integer AS reads FROM timing_reads')).rows).toEqual([
      { reads: 1 },
    ])
  })

  test('none of its tables has row security, and it is migrated once', async () => {
    const { owner } = await beside(PLATFORM + COLLECTOR)
    expect(await migrateCentral(owner, CENTRAL_MIGRATIONS)).toEqual([])
    await checkSchema(owner, CENTRAL_MIGRATIONS)
    const { rows } = await owner.query(`SELECT relname FROM pg_class WHERE relrowsecurity
      AND oid IN ('public.timing_partners'::regclass, 'public.users'::regclass, 'public.providers'::regclass,
        'public.timing_reads'::regclass, 'public.timing_sessions'::regclass)`)
    expect(rows).toEqual([])
  })

  test('the plan’s names of a partner are there, and ours stand where the name was free', async () => {
    const { owner } = await beside(PLATFORM + COLLECTOR)
    await owner.query(`INSERT INTO normalized_events (timing_partner_id, id, source_provider, source_event_id, event_name)
      VALUES (2, '${uuidOf('e')}', 'haku', 'e', 'River Run')`)
    const { rows } = await owner.query(`SELECT tp.name, count(ne.id)::integer AS events
      FROM timing_partners tp LEFT JOIN normalized_events ne ON tp.id = ne.timing_partner_id GROUP BY tp.id, tp.name ORDER BY 1`)
    expect(rows).toEqual([
      { name: 'Big Day Timing', events: 0 },
      { name: 'Second Wind', events: 1 },
    ])
    await owner.query('SET search_path = trackside, public')
    expect((await owner.query('SELECT event_name, timing_partner_name FROM unified_events')).rows).toEqual([
      { event_name: 'River Run', timing_partner_name: 'Second Wind' },
    ])
    expect(
      (
        await owner.query(
          `SELECT 'timing_reads'::regclass::oid <> 'public.timing_reads'::regclass::oid AS ours`,
        )
      ).rows,
    ).toEqual([{ ours: true }])
  })

  test('a table of that name that says no partner at all is named, and nothing is left behind', async () => {
    const url = await postgres.freshDatabase()
    const owner = await postgres.connect(url)
    await owner.query('CREATE TABLE timing_partners (code text)')
    await expect(migrateCentral(owner, CENTRAL_MIGRATIONS)).rejects.toMatchObject({
      code: 'central.refused',
      message: expect.stringContaining('timing_partners'),
    })
    expect((await owner.query(`SELECT to_regclass('trackside.installation') AS there`)).rows).toEqual([
      { there: null },
    ])
  })
})
