import type pg from 'pg'
import { inviteAdmin, inviteLaptop } from '../../../src/replication/central/invite.ts'
import { redeemCode } from '../../../src/replication/central/membership.ts'
import { partnerBy } from '../../../src/replication/central/partners.ts'
import type { TestPostgres } from '../../support/postgres.ts'

/** The address of a database, for another login. */
export function asUser(url: string, login: { readonly user: string; readonly password: string }): string {
  const other = new URL(url)
  other.username = login.user
  other.password = login.password
  return other.href
}

/** A laptop of a partner that has joined, by a login of its own. */
export async function joinedLaptop(
  postgres: TestPostgres,
  database: { readonly url: string; readonly owner: pg.Client },
  partner: string,
  laptopId: string,
): Promise<pg.Client> {
  const { url, owner } = database
  const expiresAt = Date.now() + 3_600_000
  const invited = await inviteLaptop(owner, {
    partner: await partnerBy(owner, partner),
    holder: 'a test',
    expiresAt,
  })
  const client = await postgres.connect(asUser(url, invited))
  await redeemCode(client, 'own-password')
  await client.query('SELECT trackside.introduce($1, $2, $3)', [laptopId, 'Laptop', 'test'])
  return client
}

/** An admin, who has opened nothing yet. */
export async function adminOf(
  postgres: TestPostgres,
  database: { readonly url: string; readonly owner: pg.Client },
): Promise<pg.Client> {
  return postgres.connect(asUser(database.url, await inviteAdmin(database.owner, 'an admin of the tests')))
}
