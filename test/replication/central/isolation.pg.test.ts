import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { uuidOf } from '../../../src/replication/central/columns.ts'
import { inviteLaptop } from '../../../src/replication/central/invite.ts'
import { partnerBy } from '../../../src/replication/central/partners.ts'
import { CENTRAL_TABLES } from '../../../src/replication/central/tables.ts'
import { pushRows } from '../../../src/replication/central/upsert.ts'
import { auditHash } from '../../../src/store/audit.ts'
import { startPostgres } from '../../support/postgres.ts'
import { type Actor, fillEveryTable, isolationTroubles } from './isolation.ts'
import { adminOf, asUser, joinedLaptop } from './logins.ts'
import { migratedDatabase } from './migrated.ts'
import { oddRows } from './odd-rows.ts'

const postgres = startPostgres()
let database: { readonly url: string; readonly owner: pg.Client }
let laptop: pg.Client
let admin: pg.Client
let actors: readonly Actor[]

beforeAll(async () => {
  database = await migratedDatabase(postgres, ['One', 'Two'])
  const { owner, url } = database
  laptop = await joinedLaptop(postgres, database, 'One', uuidOf('first'))
  const second = await joinedLaptop(postgres, database, 'Two', uuidOf('second'))
  // The same ids for both: what is known of one partner's row says nothing of the other's.
  for (const table of CENTRAL_TABLES.values()) {
    await pushRows(laptop, table, oddRows(table, 1).slice(0, 3))
    await pushRows(second, table, oddRows(table, 2).slice(0, 3))
  }
  await fillEveryTable(owner, [1, 2])
  await owner.query(`CREATE ROLE stranger LOGIN PASSWORD 'x' IN ROLE trackside_member`)
  const stranger = await postgres.connect(asUser(url, { user: 'stranger', password: 'x' }))
  admin = await adminOf(postgres, database)
  const acting = await adminOf(postgres, database)
  await acting.query(`SELECT trackside.act_for(2, 'a call from the crew')`)
  for (const client of [stranger]) await client.query('SET search_path = trackside, public')
  actors = [
    { name: 'a laptop of partner 1', client: laptop, may: [1] },
    { name: 'a login without membership', client: stranger, may: [] },
    { name: 'admin without override', client: admin, may: [] },
    { name: 'admin acting for partner 2', client: acting, may: [2] },
  ]
}, 60_000)

afterAll(async () => {
  await Promise.all(actors.map(({ client }) => client.end()))
})

test('every table, view and function keeps each partner’s rows to who may have them', async () => {
  expect(await isolationTroubles(database.owner, actors, [1, 2])).toEqual([])
}, 120_000)

test('one’s own rows are seen and changed, all of them', async () => {
  for (const table of CENTRAL_TABLES.values()) {
    const seen = await laptop.query(`SELECT DISTINCT timing_partner_id AS partner FROM ${table.name}`)
    expect(seen.rows, table.name).toEqual([{ partner: 1 }])
    const update = laptop.query(`UPDATE ${table.name} SET odd_values = odd_values`)
    if (table.name === 'timing_reads' || table.name === 'audit_log')
      await expect(update, table.name).rejects.toMatchObject({ code: '42501' })
    else expect((await update).rowCount, table.name).toBeGreaterThan(2)
  }
})

describe('the check itself finds', () => {
  const LEAKS: readonly (readonly [what: string, sql: string, said: string])[] = [
    [
      'a table without row security',
      `CREATE TABLE trackside.leaky (timing_partner_id integer NOT NULL, secret text);
       INSERT INTO trackside.leaky VALUES (1, 'a'), (2, 'b'); GRANT SELECT, INSERT, DELETE ON trackside.leaky TO trackside_member`,
      'a laptop of partner 1 may select from trackside.leaky of partner 2',
    ],
    [
      'a policy that looks at nothing when it writes',
      `CREATE TABLE trackside.leaky (timing_partner_id integer NOT NULL);
       SELECT trackside.isolate(ARRAY['leaky']); CREATE POLICY all_writes ON trackside.leaky FOR INSERT WITH CHECK (true)`,
      'a laptop of partner 1 may insert into trackside.leaky of partner 2',
    ],
    [
      'a view with its owner’s rights',
      `CREATE VIEW trackside.leaky AS SELECT * FROM normalized_events; GRANT SELECT ON trackside.leaky TO trackside_member`,
      `trackside.leaky is a view with its owner's rights`,
    ],
    [
      'a table that says of no row whose it is',
      'CREATE TABLE trackside.leaky (event_id uuid)',
      'trackside.leaky says of no row whose it is, and is in no list',
    ],
    [
      'a function that anybody may call',
      `CREATE FUNCTION trackside.leaky() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM timing_partners'`,
      'trackside.leaky() may be called by everyone',
    ],
    [
      'a function that looks where its caller says',
      `CREATE FUNCTION trackside.leaky() RETURNS integer LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'`,
      'trackside.leaky() has no search path of its own',
    ],
  ]

  test.each(LEAKS)(
    '%s',
    async (_what, sql, said) => {
      const { owner } = database
      await owner.query(sql)
      try {
        expect(await isolationTroubles(owner, actors.slice(0, 1), [1, 2])).toContain(said)
      } finally {
        await owner.query(
          sql.includes('FUNCTION')
            ? 'DROP FUNCTION trackside.leaky()'
            : `DROP ${sql.startsWith('CREATE VIEW') ? 'VIEW' : 'TABLE'} trackside.leaky`,
        )
      }
    },
    60_000,
  )
})

describe('an override', () => {
  const ids = (client: pg.Client) =>
    client.query<{ partner: number }>(
      'SELECT DISTINCT timing_partner_id AS partner FROM normalized_events ORDER BY 1',
    )

  test('opens one partner for this session, from the next transaction on, and ends', async () => {
    await admin.query(`SELECT trackside.act_for(1, 'results are late')`)
    expect((await ids(admin)).rows).toEqual([{ partner: 1 }])
    const other = await adminOf(postgres, database)
    expect((await ids(other)).rows).toEqual([])
    await admin.query('SELECT trackside.end_override()')
    expect((await ids(admin)).rows).toEqual([])
  })

  test('that is rolled back was never open', async () => {
    await admin.query('BEGIN')
    await admin.query(`SELECT trackside.act_for(1, 'a look that leaves no trace')`)
    expect((await ids(admin)).rows).toEqual([])
    await admin.query('ROLLBACK')
    expect((await ids(admin)).rows).toEqual([])
  })

  test('ends by itself', async () => {
    await admin.query(`SELECT trackside.act_for(1, 'for a second', interval '1 second')`)
    await expect.poll(async () => (await ids(admin)).rows, { timeout: 5_000 }).toEqual([])
  })

  test('of all partners opens all', async () => {
    await admin.query(`SELECT trackside.act_for(NULL, 'the monthly count')`)
    expect((await ids(admin)).rows).toEqual([{ partner: 1 }, { partner: 2 }])
    await admin.query('SELECT trackside.end_override()')
  })

  test.each([
    [`SELECT trackside.act_for(1, '  ')`, 'wants a reason'],
    [`SELECT trackside.act_for(1, NULL)`, 'wants a reason'],
    [`SELECT trackside.act_for(99, 'nobody')`, 'no timing partner 99'],
    [`SELECT trackside.act_for(1, 'for ever', interval '1 year')`, 'up to 12 hours'],
  ])('is refused: %s', async (sql, said) => {
    await expect(admin.query(sql)).rejects.toThrow(said)
  })

  test('is for admins', async () => {
    await expect(laptop.query(`SELECT trackside.act_for(2, 'curious')`)).rejects.toThrow('is no admin')
  })

  test('lands in the partner’s audit chain, hashed as the laptops hash, and the chain is whole', async () => {
    await admin.query(`SELECT trackside.act_for(1, 'Zoë asked: “where is “bib” 12?”\\n')`)
    await admin.query('SELECT trackside.end_override()')
    const { rows } = await laptop.query(
      `SELECT id, laptop_id AS "laptopId", sequence::integer, (extract(epoch FROM at) * 1000)::float8 AS at, actor, action,
         table_name AS "tableName", row_id AS "rowId", before, after, reason, previous_hash AS "previousHash", hash
       FROM audit_log WHERE laptop_id = (SELECT installation_id FROM trackside.installation) ORDER BY sequence`,
    )
    expect(rows.length).toBeGreaterThan(4)
    expect(rows.at(-2)).toMatchObject({
      action: 'admin acts for partner',
      reason: 'Zoë asked: “where is “bib” 12?”\\n',
    })
    rows.forEach((row, index) => {
      expect(row.sequence).toBe(index + 1)
      expect(row.previousHash).toBe(index === 0 ? '' : rows[index - 1].hash)
      expect(auditHash(row)).toBe(row.hash)
    })
  })
})

test('nobody brings a laptop of another partner, nor opens a login twice', async () => {
  await expect(
    laptop.query('SELECT trackside.introduce($1, NULL, NULL)', [uuidOf('second')]),
  ).rejects.toThrow('another partner')
  await expect(laptop.query('SELECT trackside.redeem_code()')).rejects.toThrow('used already')
})

test('a laptop cannot make itself an admin, a member of another partner, or another role', async () => {
  for (const sql of [
    `UPDATE partner_memberships SET role = 'admin', timing_partner_id = NULL WHERE login = session_user`,
    `INSERT INTO partner_memberships (login, role, holder) VALUES ('x', 'admin', 'x')`,
    `SET ROLE trackside_admin`,
    `SET SESSION AUTHORIZATION stranger`,
    `CREATE ROLE mine LOGIN`,
    `GRANT trackside_admin TO CURRENT_USER`,
    `ALTER TABLE normalized_events DISABLE ROW LEVEL SECURITY`,
    `CREATE TABLE public.mine (a integer)`,
    `CREATE FUNCTION trackside.acting_partners(text) RETURNS integer[] LANGUAGE sql AS 'SELECT ARRAY[2]'`,
  ])
    await expect(laptop.query(sql), sql).rejects.toMatchObject({ code: '42501' })
  // Names of its own come before ours nowhere that counts.
  await laptop.query('CREATE TEMPORARY TABLE partner_memberships AS SELECT session_user AS login')
  await laptop.query('SET search_path = pg_temp, trackside, public')
  const { rows } = await laptop.query('SELECT DISTINCT timing_partner_id AS partner FROM normalized_events')
  await laptop.query('DROP TABLE pg_temp.partner_memberships; SET search_path = trackside, public')
  expect(rows).toEqual([{ partner: 1 }])
})

test('a login whose code has expired sees nothing, and cannot be redeemed', async () => {
  const { owner, url } = database
  const invited = await inviteLaptop(owner, {
    ...{ partner: await partnerBy(owner, 'One'), holder: 'too late', expiresAt: Date.now() - 1_000 },
  })
  const late = await postgres.connect(asUser(url, invited))
  expect((await late.query('SELECT 1 FROM normalized_events')).rowCount).toBe(0)
  await expect(late.query('SELECT trackside.redeem_code()')).rejects.toThrow('has expired')
})

test('the parts of a partitioned table are nobody’s way in', async () => {
  const { owner, url } = await migratedDatabase(postgres, ['One'], 4)
  const inside = await joinedLaptop(postgres, { owner, url }, 'One', uuidOf('inside'))
  const { rows } = await owner.query<{ part: string; rows: string }>(
    `SELECT inhrelid::regclass::text AS part FROM pg_inherits WHERE inhparent = 'normalized_participants'::regclass`,
  )
  expect(rows).toHaveLength(4)
  for (const { part } of rows)
    await expect(inside.query(`SELECT FROM ${part}`)).rejects.toMatchObject({ code: '42501' })
})
