import type pg from 'pg'
import { expect, test } from 'vitest'
import { inviteAdmin, inviteLaptop, revokeLogin } from '../../../src/replication/central/invite.ts'
import { membershipOf } from '../../../src/replication/central/membership.ts'
import { partnerBy } from '../../../src/replication/central/partners.ts'
import { startPostgres } from '../../support/postgres.ts'
import { asUser } from './logins.ts'
import { migratedDatabase } from './migrated.ts'

const postgres = startPostgres()

const invite = async (owner: pg.Client, partner: string, holder = 'a laptop') =>
  inviteLaptop(owner, {
    ...{ partner: await partnerBy(owner, partner), holder, expiresAt: Date.now() + 3_600_000 },
  })

const blocked = async (watcher: pg.Client, waiting: pg.Client): Promise<boolean> => {
  const { rows } = await watcher.query<{ by: readonly number[] }>('SELECT pg_blocking_pids($1) AS by', [
    (waiting as pg.Client & { readonly processID: number }).processID,
  ])
  return (rows[0]?.by.length ?? 0) > 0
}

test('the first laptops of a partner of the same number in two databases of one server are invited at once', async () => {
  const here = await migratedDatabase(postgres, ['One'])
  const there = await migratedDatabase(postgres, ['Other one'])
  const rival = await postgres.connect(here.url)
  // What an invitation of the other database does first, not yet committed.
  await rival.query('BEGIN')
  await rival.query('CREATE ROLE trackside_partner_1 NOLOGIN IN ROLE trackside_member')
  const work = invite(there.owner, 'Other one')
  await expect.poll(() => blocked(here.owner, there.owner)).toBe(true)
  await rival.query('COMMIT')
  const invited = await work
  const laptop = await postgres.connect(asUser(there.url, invited))
  expect(await membershipOf(laptop)).toMatchObject({ partnerId: 1, partnerName: 'Other one' })
})

test('what another invitation began and took back, this one does', async () => {
  const here = await migratedDatabase(postgres, ['One', 'Two'])
  const rival = await postgres.connect(here.url)
  await rival.query('BEGIN')
  await rival.query('CREATE ROLE trackside_partner_2 NOLOGIN IN ROLE trackside_member')
  const watcher = await postgres.connect(here.url)
  const work = invite(here.owner, 'Two')
  await expect.poll(() => blocked(watcher, here.owner)).toBe(true)
  await rival.query('ROLLBACK')
  const laptop = await postgres.connect(asUser(here.url, await work))
  expect(await membershipOf(laptop)).toMatchObject({ partnerName: 'Two' })
})

test('many are invited and taken back at once, in two databases of one server', async () => {
  const databases = [
    await migratedDatabase(postgres, ['One', 'Two', 'Three']),
    await migratedDatabase(postgres, ['One', 'Two', 'Three']),
  ]
  const made = await Promise.all(
    databases.flatMap(({ url }) =>
      ['One', 'Two', 'Three', 'Three'].map(async partner => {
        const owner = await postgres.connect(url)
        const logins: string[] = []
        for (let n = 0; n < 6; n += 1) {
          const { user } = n % 3 === 2 ? await inviteAdmin(owner, 'an admin') : await invite(owner, partner)
          logins.push(user)
          if (n % 2 === 1) await revokeLogin(owner, user, 'lost')
        }
        await owner.end()
        return logins
      }),
    ),
  )
  expect(new Set(made.flat()).size).toBe(48)
})
