import { afterAll, describe, expect, test, vi } from 'vitest'
import { PRODUCTION_TABLES } from '../../../src/rehearsal/project88/later-tables.ts'
import { fillings } from '../../../src/rehearsal/project88/rows.ts'
import { volumesOf } from '../../../src/rehearsal/project88/volumes.ts'
import { recomputeEverybody } from '../../../src/replication/people/recompute.ts'
import { startPostgres } from '../../support/postgres.ts'
import { normalizedRows, type OpenDatabase, platformDatabase, runImport } from './old-platform.ts'

vi.setConfig({ testTimeout: 120_000 })
const postgres = startPostgres()
const signal = new AbortController().signal
const made: string[] = []

/** A login of the server, bound in this database as an invitation binds it. @returns its address */
async function login(
  { url, client }: OpenDatabase,
  role: 'admin' | 'laptop',
  partner: number | null,
): Promise<string> {
  const name = `login_${process.pid}_${made.length}`
  made.push(name)
  await client.query(
    `CREATE ROLE ${name} LOGIN PASSWORD 'x' IN ROLE ${role === 'admin' ? 'trackside_admin' : 'trackside_member'}`,
  )
  await client.query(
    'INSERT INTO trackside.partner_memberships (login, role, timing_partner_id, holder) VALUES ($1::text, $2, $3, $1::text)',
    [name, role, partner],
  )
  const address = new URL(url)
  address.username = name
  address.password = 'x'
  return address.href
}

describe('whose login imports', () => {
  let owner: OpenDatabase | null = null
  afterAll(async () => {
    if (owner === null) return
    for (const name of made) await owner.client.query(`DROP OWNED BY ${name}; DROP ROLE ${name}`)
  })

  test("an admin's, who acts for each partner with a reason in its audit; the rows are the owner's", async () => {
    const fill = [PRODUCTION_TABLES, ...fillings(volumesOf(0.03))]
    const whole = await platformDatabase(postgres, ...fill)
    await runImport(postgres, whole.url)
    await recomputeEverybody(() => postgres.connect(whole.url), null, { signal })
    owner = await platformDatabase(postgres, ...fill)
    const admin = await login(owner, 'admin', null)
    await owner.client.query('GRANT SELECT ON ALL TABLES IN SCHEMA public TO trackside_admin')
    const report = await runImport(postgres, admin)
    expect(report.kinds.every(({ finished }) => finished)).toBe(true)
    const people = await recomputeEverybody(() => postgres.connect(admin), null, { signal })
    expect(people.registrations).toBeGreaterThan(500)
    expect(await normalizedRows(owner.client)).toEqual(await normalizedRows(whole.client))
    const { rows } = await owner.client.query(
      `SELECT count(DISTINCT timing_partner_id)::int AS partners FROM audit_log WHERE reason = 'Import of the existing platform''s tables'`,
    )
    expect(rows).toEqual([{ partners: 13 }])
  })

  test("a laptop's is refused, and cannot keep its own changes from the other laptops", async () => {
    const database = owner ?? (await platformDatabase(postgres, PRODUCTION_TABLES))
    await database.client.query(
      `INSERT INTO timing_partners (timing_partner_id, company_name) VALUES (1, 'One') ON CONFLICT DO NOTHING`,
    )
    const laptop = await login(database, 'laptop', 1)
    await database.client.query('GRANT SELECT ON ALL TABLES IN SCHEMA public TO trackside_member')
    await expect(runImport(postgres, laptop)).rejects.toThrow()
    const client = await postgres.connect(laptop)
    await client.query('BEGIN')
    await client.query(`SET LOCAL trackside.history = 'on'`)
    await client.query(
      `INSERT INTO normalized_events (timing_partner_id, id, source_provider, source_event_id, event_name) VALUES (1, gen_random_uuid(), 'x', 'x', 'x')`,
    )
    await client.query('COMMIT')
    const { rows } = await database.client.query(
      `SELECT table_name FROM trackside.changes WHERE timing_partner_id = 1 AND table_name = 'normalized_events'`,
    )
    expect(rows).toHaveLength(1)
  })
})
