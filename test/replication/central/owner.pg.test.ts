import pg from 'pg'
import { expect, test } from 'vitest'
import { uuidOf } from '../../../src/replication/central/columns.ts'
import { loginOfUrl } from '../../../src/replication/central/connect.ts'
import { revokeLogin, setPartnerDisabled } from '../../../src/replication/central/invite.ts'
import { membershipOf } from '../../../src/replication/central/membership.ts'
import { migrateCentral } from '../../../src/replication/central/migrate.ts'
import { addPartner, partnerBy } from '../../../src/replication/central/partners.ts'
import { CENTRAL_TABLES } from '../../../src/replication/central/tables.ts'
import { pushRows } from '../../../src/replication/central/upsert.ts'
import { startPostgres, type TestPostgres } from '../../support/postgres.ts'
import { adminOf, joinedLaptop } from './logins.ts'
import { CENTRAL_MIGRATIONS } from './migrated.ts'
import { oddRows } from './odd-rows.ts'

/** Each on a server of its own: roles are a server's, and the first owner makes those that all share. */
const OWNERS: readonly (readonly [
  owner: string,
  postgres: TestPostgres,
  password: string,
  database: string,
  partner: string,
])[] = [
  ['company', startPostgres(), 'x', 'company', 'One'],
  [
    'Race Owner',
    startPostgres(),
    'p@ss:w/ö?r#d 20% +&\'"\\',
    `Race's "Data" 50%`,
    `O'Brien & "Sons", 100%s; --`,
  ],
]

const quoted = pg.escapeIdentifier

test.each(OWNERS)(
  'an owner who is no superuser makes it all, and sees no partner’s rows by that: %s',
  async (user, postgres, password, name, partner) => {
    const fresh = new URL(await postgres.freshDatabase())
    const root = await postgres.connect(Object.assign(new URL(fresh), { pathname: '/postgres' }).href)
    await root.query(`CREATE ROLE ${quoted(user)} LOGIN CREATEROLE PASSWORD ${pg.escapeLiteral(password)}`)
    await root.query(`ALTER DATABASE ${quoted(fresh.pathname.slice(1))} RENAME TO ${quoted(name)}`)
    await root.query(`ALTER DATABASE ${quoted(name)} OWNER TO ${quoted(user)}`)
    const said = encodeURIComponent
    const url = `postgres://${said(user)}:${said(password)}@${fresh.host}/${said(name)}`
    const owner = await postgres.connect(url)
    const known = loginOfUrl(url)
    expect(known).toMatchObject({ user, password, database: name })
    await migrateCentral(owner, CENTRAL_MIGRATIONS)
    await addPartner(owner, partner)
    await addPartner(owner, 'Two')

    const laptop = await joinedLaptop(postgres, { url, owner }, partner, uuidOf('first'))
    for (const table of CENTRAL_TABLES.values()) {
      const outcomes = await pushRows(laptop, table, oddRows(table, 1))
      expect(
        outcomes.every(({ kind }) => kind === 'taken'),
        table.name,
      ).toBe(true)
    }
    const count = 'SELECT count(*)::integer AS n FROM public.normalized_participants'
    expect((await laptop.query(count)).rows[0].n).toBeGreaterThan(5)
    expect((await owner.query(count)).rows).toEqual([{ n: 0 }])

    expect(await membershipOf(laptop)).toMatchObject({ partnerName: partner })
    expect((await laptop.query('SELECT trackside.heed_restore() AS anew')).rows).toEqual([{ anew: false }])
    const admin = await adminOf(postgres, { url, owner })
    expect((await admin.query(count)).rows).toEqual([{ n: 0 }])
    await admin.query(`SELECT trackside.act_for(1, 'a call from the crew')`)
    expect((await admin.query(count)).rows[0].n).toBeGreaterThan(5)
    expect(
      (await laptop.query(`SELECT FROM audit_log WHERE action = 'admin acts for partner'`)).rowCount,
    ).toBe(1)

    const { rows } = await laptop.query<{ login: string }>('SELECT session_user AS login')
    await revokeLogin(owner, rows[0]?.login ?? '', 'lost')
    await expect
      .poll(() =>
        laptop.query('SELECT 1').then(
          () => 'alive',
          () => 'ended',
        ),
      )
      .toBe('ended')
    await setPartnerDisabled(owner, await partnerBy(owner, partner), { reason: partner })
    await setPartnerDisabled(owner, await partnerBy(owner, partner), null)
  },
  60_000,
)
