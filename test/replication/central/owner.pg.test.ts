import { expect, test } from 'vitest'
import { uuidOf } from '../../../src/replication/central/columns.ts'
import { revokeLogin } from '../../../src/replication/central/invite.ts'
import { migrateCentral } from '../../../src/replication/central/migrate.ts'
import { addPartner } from '../../../src/replication/central/partners.ts'
import { CENTRAL_TABLES } from '../../../src/replication/central/tables.ts'
import { pushRows } from '../../../src/replication/central/upsert.ts'
import { startPostgres } from '../../support/postgres.ts'
import { adminOf, asUser, joinedLaptop } from './logins.ts'
import { CENTRAL_MIGRATIONS } from './migrated.ts'
import { oddRows } from './odd-rows.ts'

const postgres = startPostgres()

test('an owner who is no superuser makes it all, and sees no partner’s rows by that', async () => {
  const url = await postgres.freshDatabase()
  const root = await postgres.connect(url)
  await root.query(`CREATE ROLE company LOGIN CREATEROLE PASSWORD 'x'`)
  await root.query(`ALTER DATABASE "${new URL(url).pathname.slice(1)}" OWNER TO company`)
  const owner = await postgres.connect(asUser(url, { user: 'company', password: 'x' }))
  await migrateCentral(owner, CENTRAL_MIGRATIONS)
  await addPartner(owner, 'One')
  await addPartner(owner, 'Two')

  const laptop = await joinedLaptop(postgres, { url, owner }, 'One', uuidOf('first'))
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

  expect((await laptop.query('SELECT trackside.heed_restore() AS anew')).rows).toEqual([{ anew: false }])
  const admin = await adminOf(postgres, { url, owner })
  expect((await admin.query(count)).rows).toEqual([{ n: 0 }])
  await admin.query(`SELECT trackside.act_for(1, 'a call from the crew')`)
  expect((await admin.query(count)).rows[0].n).toBeGreaterThan(5)
  expect((await laptop.query(`SELECT FROM audit_log WHERE action = 'admin acts for partner'`)).rowCount).toBe(
    1,
  )

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
})
