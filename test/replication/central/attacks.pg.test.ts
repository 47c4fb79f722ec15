import type pg from 'pg'
import { beforeAll, describe, expect, test } from 'vitest'
import { uuidOf } from '../../../src/replication/central/columns.ts'
import { inviteLaptop, revokeLogin } from '../../../src/replication/central/invite.ts'
import { migrateCentral } from '../../../src/replication/central/migrate.ts'
import { partnerBy } from '../../../src/replication/central/partners.ts'
import { recomputeAround, recomputePeople } from '../../../src/replication/people/recompute.ts'
import { startPostgres } from '../../support/postgres.ts'
import { asUser, joinedLaptop } from './logins.ts'
import { CENTRAL_MIGRATIONS, migratedDatabase } from './migrated.ts'

const postgres = startPostgres()
let database: { readonly url: string; readonly owner: pg.Client }
/** Of partner 1, by a login that does whatever a login may. */
let attacker: pg.Client
/** Of partner 2. */
let victim: pg.Client

const rejected = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : String(error)),
  )

const register = (client: pg.Client, partner: number, name: string) =>
  client.query(
    `INSERT INTO normalized_participants (timing_partner_id, id, normalized_event_id, source_provider, source_participant_id,
       first_name, last_name, hash_key) VALUES ($1, $2, $2, 'runsignup', $3, $3, 'Ruiz', 'x')`,
    [partner, uuidOf(name), name],
  )

/** Tables and views of ours, as our logins name them. */
async function relations(): Promise<readonly string[]> {
  const { rows } = await database.owner.query<{ name: string }>(
    `SELECT oid::regclass::text AS name FROM pg_class WHERE relkind IN ('r', 'p', 'v') AND NOT relispartition
       AND relnamespace IN ('public'::regnamespace, 'trackside'::regnamespace) ORDER BY 1`,
  )
  return rows.map(({ name }) => name)
}

beforeAll(async () => {
  database = await migratedDatabase(postgres, ['One', 'Two'])
  attacker = await joinedLaptop(postgres, database, 'One', uuidOf('attacker'))
  victim = await joinedLaptop(postgres, database, 'Two', uuidOf('victim'))
  await register(attacker, 1, 'mine')
  await register(victim, 2, 'theirs')
  // What waits says so soon.
  for (const client of [victim, database.owner]) await client.query(`SET lock_timeout = '3s'`)
}, 60_000)

describe('by a login of another partner', () => {
  test('nothing runs with the owner’s rights, whatever stands where our functions look', async () => {
    await attacker.query(`
      CREATE FUNCTION pg_temp.trap() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO trackside.partner_memberships (login, role, holder) VALUES ('trapped', 'admin', 'x') ON CONFLICT DO NOTHING;
        RETURN NULL;
      END $$;
      CREATE TEMP TABLE compared (id uuid PRIMARY KEY, person uuid NOT NULL, tie text, confidence real NOT NULL, former uuid);
      GRANT ALL ON compared TO PUBLIC;
      CREATE TRIGGER trap AFTER INSERT OR DELETE ON compared FOR EACH STATEMENT EXECUTE FUNCTION pg_temp.trap()`)
    await rejected(recomputePeople(attacker, 1, { signal: new AbortController().signal }))
    await attacker.query('DROP TABLE pg_temp.compared')
    const { rows } = await database.owner.query(
      `SELECT FROM trackside.partner_memberships WHERE login = 'trapped'`,
    )
    expect(rows).toEqual([])
  })

  test('no function of ours with the owner’s rights makes or reads a temporary table', async () => {
    const { rows } = await database.owner.query(
      `SELECT proname FROM pg_proc WHERE pronamespace = 'trackside'::regnamespace AND prosecdef
         AND prosrc ~* '\\m(temp|temporary|pg_temp)\\M'`,
    )
    expect(rows).toEqual([])
  })

  test('no function of one’s own sees a row before row security does', async () => {
    await attacker.query(`
      CREATE TEMP TABLE seen (said text);
      CREATE FUNCTION pg_temp.leak(said text) RETURNS boolean LANGUAGE plpgsql COST 0.000001 AS $$ BEGIN
        INSERT INTO pg_temp.seen VALUES (said); RETURN true; END $$`)
    for (const name of await relations()) {
      await rejected(attacker.query(`SELECT FROM ${name} r WHERE pg_temp.leak(r::text)`))
      await rejected(attacker.query(`UPDATE ${name} r SET odd_values = NULL WHERE pg_temp.leak(r::text)`))
    }
    const { rows: all } = await attacker.query('SELECT FROM pg_temp.seen')
    expect(all.length).toBeGreaterThan(5)
    const { rows } = await attacker.query(
      `SELECT said FROM pg_temp.seen WHERE said ~ 'theirs|Two' OR said LIKE '(2,%' OR said LIKE '%${uuidOf('victim')}%'`,
    )
    expect(rows).toEqual([])
  })

  test('no table is locked', async () => {
    const may: string[] = []
    for (const name of await relations())
      for (const mode of [
        'ACCESS EXCLUSIVE',
        'EXCLUSIVE',
        'SHARE ROW EXCLUSIVE',
        'SHARE',
        'SHARE UPDATE EXCLUSIVE',
      ]) {
        await attacker.query('BEGIN')
        if ((await rejected(attacker.query(`LOCK TABLE ${name} IN ${mode} MODE NOWAIT`))) !== '42501')
          may.push(`${name} ${mode}`)
        await attacker.query('ROLLBACK')
      }
    expect(may).toEqual([])
  })

  test('no lock that it holds is waited for', async () => {
    const { owner, url } = database
    // As programs and functions of ours ever named them.
    for (const name of ['people', 'audit_log', 'office', 'overrides', 'audit'])
      await attacker.query(`SELECT pg_advisory_lock(hashtext('trackside.${name}'), 2)`)
    for (const name of ['heed_restore', 'people', 'audit_log'])
      await attacker.query(`SELECT pg_advisory_lock(hashtext('trackside.${name}'))`)
    await attacker.query('SELECT pg_advisory_lock(7215386001)')
    await owner.query(`UPDATE trackside.installation SET server = 'another'`)
    try {
      expect((await victim.query('SELECT trackside.heed_restore() AS anew')).rows).toEqual([{ anew: true }])
      await recomputePeople(victim, 2, { signal: new AbortController().signal })
      await recomputeAround(victim, 2, [uuidOf('theirs')])
      expect(await migrateCentral(owner, CENTRAL_MIGRATIONS)).toEqual([])
      const gone = await joinedLaptop(postgres, { url, owner }, 'Two', uuidOf('to go'))
      const { rows } = await gone.query<{ login: string }>('SELECT session_user AS login')
      await revokeLogin(owner, rows[0]?.login ?? '', 'lost')
    } finally {
      await attacker.query('SELECT pg_advisory_unlock_all()')
    }
  })

  test('its rows for the locks of others are refused', async () => {
    for (const sql of [
      `SELECT trackside.hold_people(2)`,
      `SELECT trackside.hold(2, 'people')`,
      `SELECT FROM trackside.one_at_a_time FOR UPDATE`,
      `SELECT FROM trackside.installation FOR KEY SHARE`,
      `SELECT trackside.wake_laptops(2, '')`,
      `SELECT trackside.tidy_own_feed(2)`,
      `SELECT trackside.take_stale_people(2, 1)`,
      `SELECT trackside.write_people(2, '{}', '{}', '{}', '{}')`,
    ])
      expect(await rejected(attacker.query(sql)), sql).toBe('42501')
  })

  test('it is not heard when others work, and wakes nobody', async () => {
    const heard: string[] = []
    attacker.on('notification', ({ channel }) => heard.push(channel))
    const { rows } = await victim.query<{ channel: string }>('SELECT trackside.my_channel() AS channel')
    const own = (await attacker.query<{ channel: string }>('SELECT trackside.my_channel() AS channel'))
      .rows[0]
    expect(own?.channel).not.toBe(rows[0]?.channel)
    // All that it can name: what it is told, what it can read, what programs before this one used.
    for (const channel of ['trackside_changes_2', 'trackside_2', own?.channel ?? ''])
      await attacker.query(`LISTEN "${channel}"`)
    const { rows: readable } = await attacker.query('SELECT channel FROM trackside.channels')
    expect(readable).toEqual([own])
    await register(victim, 2, 'another of theirs')
    await register(attacker, 1, 'another of mine')
    await expect.poll(() => heard).toEqual([own?.channel])
  })

  test('the centre’s own chain of the audit is not written, so that its login can be revoked', async () => {
    const { owner, url } = database
    const laptop = await joinedLaptop(postgres, { url, owner }, 'One', uuidOf('forger'))
    const forged = await laptop.query(
      `INSERT INTO audit_log (timing_partner_id, id, laptop_id, sequence)
       SELECT 1, gen_random_uuid(), installation_id, 9223372036854775807 FROM trackside.installation`,
    )
    expect(forged.rowCount).toBe(0)
    const { rows } = await laptop.query<{ login: string }>('SELECT session_user AS login')
    await revokeLogin(owner, rows[0]?.login ?? '', 'lost')
    // Who revoked is now in the roles of the partner, and writes the chain all the same.
    await joinedLaptop(postgres, { url, owner }, 'One', uuidOf('after'))
  })

  test('a code that is never quite redeemed can be taken back', async () => {
    const { owner, url } = database
    const invited = await inviteLaptop(owner, {
      ...{ partner: await partnerBy(owner, 'One'), holder: 'x', expiresAt: Date.now() + 3_600_000 },
    })
    const laptop = await postgres.connect(asUser(url, invited))
    await laptop.query('BEGIN')
    await laptop.query('SELECT trackside.redeem_code()')
    await revokeLogin(owner, invited.user, 'lost')
    await expect(revokeLogin(owner, 'nobody', 'lost')).rejects.toMatchObject({ code: 'not-found' })
  })

  test('no right of anybody is taken away', async () => {
    const { rows } = await attacker.query<{ role: string }>(
      `SELECT rolname AS role FROM pg_roles WHERE pg_has_role(session_user, oid, 'MEMBER')`,
    )
    expect(rows.map(({ role }) => role)).toContain('trackside_member')
    for (const { role } of rows) {
      for (const sql of [
        `DROP OWNED BY "${role}"`,
        `REASSIGN OWNED BY "${role}" TO "${role}"`,
        `REVOKE ALL ON ALL TABLES IN SCHEMA trackside, public FROM "${role}" CASCADE`,
        `ALTER ROLE "${role}" NOLOGIN`,
        `ALTER ROLE "${role}" CONNECTION LIMIT -1`,
        `GRANT "${role}" TO trackside_admin`,
        `REVOKE "${role}" FROM trackside_partner_2`,
        `DROP ROLE "${role}"`,
      ]) {
        await attacker.query('BEGIN')
        await rejected(attacker.query(sql))
        await attacker.query('COMMIT')
      }
    }
    expect((await victim.query('SELECT FROM normalized_participants')).rowCount).toBe(2)
    await register(victim, 2, 'a third')
    await register(attacker, 1, 'a third of mine')
  })

  test.each([
    'SET session_replication_role = replica',
    'SET lo_compat_privileges = on',
    'SET ROLE trackside_partner_2',
    'SET ROLE trackside_admin',
    'CREATE TABLE public.mine ()',
    'CREATE TABLE trackside.mine ()',
    'CREATE SCHEMA mine',
    'CREATE EXTENSION pg_trgm',
    'CREATE PUBLICATION mine',
    'CREATE EVENT TRIGGER mine ON ddl_command_start EXECUTE FUNCTION trackside.note_changes()',
    'CREATE TRIGGER mine AFTER INSERT ON normalized_participants EXECUTE FUNCTION trackside.note_changes()',
    'CREATE POLICY mine ON normalized_participants USING (true)',
    'CREATE INDEX ON normalized_participants (id)',
    'CREATE STATISTICS mine ON id, first_name FROM normalized_participants',
    'ALTER TABLE normalized_participants NO FORCE ROW LEVEL SECURITY',
    `ALTER FUNCTION trackside.acting_partners() SET search_path = pg_temp`,
    `COPY normalized_participants TO PROGRAM 'cat'`,
    `COPY normalized_participants TO '/tmp/mine'`,
    `SELECT pg_read_file('PG_VERSION')`,
    `SELECT lo_import('/etc/passwd')`,
    'SELECT * FROM pg_authid',
    'SELECT * FROM pg_statistic',
    `SELECT nextval(pg_get_serial_sequence('timing_reads', 'seq'))`,
    `SELECT setval(pg_get_serial_sequence('timing_reads', 'seq'), 1)`,
    `SELECT nextval(pg_get_serial_sequence('trackside.changes', 'seq'))`,
    'SELECT last_value FROM trackside.changes_seq_seq',
    'REINDEX TABLE normalized_participants',
    'CLUSTER normalized_participants USING normalized_participants_pkey',
    'SELECT pg_switch_wal()',
    `SELECT pg_create_restore_point('mine')`,
    'SELECT pg_reload_conf()',
    'SELECT pg_stat_reset()',
    `SELECT pg_create_physical_replication_slot('mine')`,
  ])('it is refused: %s', async sql => {
    expect(await rejected(attacker.query(sql))).toBe('42501')
  })

  test('with row security off it is refused, and sees no more', async () => {
    await attacker.query('SET row_security = off')
    try {
      for (const name of await relations()) {
        const { rows } = await attacker
          .query(`SELECT r::text AS said FROM ${name} r`)
          .catch(() => ({ rows: [] as { said: string }[] }))
        expect(
          rows.filter(({ said }) => /theirs|Two/.test(said) || said.startsWith('(2,')),
          name,
        ).toEqual([])
      }
    } finally {
      await attacker.query('RESET row_security')
    }
  })

  test('statistics of what others have are not shown', async () => {
    await database.owner.query('ANALYZE')
    const { rows } = await attacker.query(
      `SELECT tablename, attname FROM pg_stats WHERE schemaname IN ('public', 'trackside') AND tablename NOT IN ('installation', 'providers')`,
    )
    expect(rows).toEqual([])
  })

  test('what others do is not shown, nor ended', async () => {
    const { rows } = await victim.query<{ pid: number; login: string }>(
      'SELECT pg_backend_pid() AS pid, session_user AS login',
    )
    const { rows: seen } = await attacker.query(
      `SELECT query FROM pg_stat_activity WHERE pid = ${rows[0]?.pid}`,
    )
    expect(seen).toEqual([{ query: '<insufficient privilege>' }])
    for (const how of ['terminate', 'cancel'])
      expect(await rejected(attacker.query(`SELECT pg_${how}_backend(${rows[0]?.pid})`))).toBe('42501')
  })

  test('a turn, a laptop or an origin of others is neither taken nor seen', async () => {
    const connection = uuidOf('a connection of theirs')
    const take = `SELECT * FROM trackside.take_turn($1, $2, '90 seconds', NULL, NULL)`
    await victim.query(take, [connection, uuidOf('victim')])
    const held = async () =>
      (await victim.query('SELECT laptop_id, wanted_by, expires_at FROM trackside.leases')).rows
    const before = await held()
    expect((await attacker.query(take, [connection, uuidOf('victim')])).rows).toEqual([])
    await attacker.query(take, [connection, uuidOf('attacker')])
    for (const work of ['want_turn', 'release_lease', 'end_hub_turn'])
      for (const laptop of ['victim', 'attacker'])
        await attacker.query(`SELECT trackside.${work}($1, $2)`, [connection, uuidOf(laptop)])
    expect(await held()).toEqual(before)
    await attacker.query('BEGIN')
    await attacker.query(`SET LOCAL trackside.origin = '${uuidOf('victim')}'`)
    expect(await rejected(register(attacker, 1, 'by another'))).toBe('42501')
    await attacker.query('ROLLBACK')
  })
})

test('a database from before PostgreSQL 15 gives everybody’s right to make functions in public to those only who had it', async () => {
  const url = await postgres.freshDatabase()
  const root = await postgres.connect(url)
  await root.query(`CREATE ROLE platform LOGIN PASSWORD 'x'; CREATE ROLE house LOGIN CREATEROLE PASSWORD 'x';
    GRANT CREATE ON SCHEMA public TO PUBLIC; ALTER DATABASE "${new URL(url).pathname.slice(1)}" OWNER TO house`)
  const owner = await postgres.connect(asUser(url, { user: 'house', password: 'x' }))
  await migrateCentral(owner, CENTRAL_MIGRATIONS)
  await owner.query(`INSERT INTO timing_partners (name) VALUES ('One')`)
  const laptop = await joinedLaptop(postgres, { url, owner: root }, 'One', uuidOf('old'))
  const hold = `CREATE FUNCTION public.hold(a integer, b integer) RETURNS void LANGUAGE sql AS ''`
  expect(await rejected(laptop.query(hold))).toBe('42501')
  const platform = await postgres.connect(asUser(url, { user: 'platform', password: 'x' }))
  await platform.query('CREATE TABLE public.theirs ()')
})

test('where the owner may not take that right back, migrating says what a superuser does', async () => {
  const url = await postgres.freshDatabase()
  const root = await postgres.connect(url)
  await root.query(`CREATE ROLE tenant LOGIN CREATEROLE PASSWORD 'x'; ALTER SCHEMA public OWNER TO CURRENT_USER;
    GRANT CREATE ON SCHEMA public TO PUBLIC; ALTER DATABASE "${new URL(url).pathname.slice(1)}" OWNER TO tenant`)
  const owner = await postgres.connect(asUser(url, { user: 'tenant', password: 'x' }))
  await expect(migrateCentral(owner, CENTRAL_MIGRATIONS)).rejects.toMatchObject({
    code: 'central.refused',
    message: expect.stringContaining('REVOKE CREATE ON SCHEMA public FROM PUBLIC'),
  })
})
