import { randomBytes } from 'node:crypto'
import type { ClientBase } from 'pg'
import pg from 'pg'
import { AppError } from '../../core/errors.ts'
import type { Partner } from './partners.ts'
import { newPassword, scramVerifier } from './scram.ts'

const quoted = (name: string): string => pg.escapeIdentifier(name)

async function inTransaction<T>(client: ClientBase, work: () => Promise<T>): Promise<T> {
  await client.query('BEGIN')
  try {
    await client.query('SET LOCAL search_path = trackside, public')
    const result = await work()
    await client.query('COMMIT')
    return result
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined)
    throw explained(error)
  }
}

function explained(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : null
  if (code !== '42501') return error
  return new AppError(
    'central.refused',
    'This login may not make logins. It must own the database and have CREATEROLE.',
    { cause: error },
  )
}

/** What of a login's settings keeps one laptop from being in everybody's way. */
const SETTINGS = [
  `search_path = trackside, public`,
  `idle_in_transaction_session_timeout = '60s'`,
  `statement_timeout = '5min'`,
  `lock_timeout = '30s'`,
]

async function makeLogin(
  client: ClientBase,
  login: { readonly name: string; readonly group: string; readonly password: string },
): Promise<void> {
  const role = quoted(login.name)
  // Two at once would both change whom the database lets in. No login of ours can hold this.
  await client.query('LOCK TABLE trackside.migrations IN SHARE ROW EXCLUSIVE MODE')
  // A few connections: the engine, what listens, and one that is going.
  await client.query(
    `CREATE ROLE ${role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS CONNECTION LIMIT 8
     PASSWORD '${scramVerifier(login.password)}' IN ROLE ${quoted(login.group)}`,
  )
  for (const setting of SETTINGS) await client.query(`ALTER ROLE ${role} SET ${setting}`)
  const { rows } = await client.query<{ name: string }>('SELECT current_database() AS name')
  await client.query(`GRANT CONNECT ON DATABASE ${quoted(rows[0]?.name ?? '')} TO ${role}`)
}

/** Roles are the server's: an invitation in another of its databases may make the same one now. */
const MADE_MEANWHILE: ReadonlySet<unknown> = new Set(['23505', '42710'])

/** A role that all logins of a partner are in. */
async function partnerRole(client: ClientBase, partnerId: number): Promise<string> {
  const name = `trackside_partner_${partnerId}`
  const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [name])
  if ((rowCount ?? 0) > 0) return name
  await client.query('SAVEPOINT partner_role')
  try {
    await client.query(`CREATE ROLE ${quoted(name)} NOLOGIN IN ROLE trackside_member`)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && MADE_MEANWHILE.has(error.code))) throw error
    await client.query('ROLLBACK TO partner_role')
  }
  return name
}

export interface Invited {
  readonly user: string
  /** Known to nobody else: the database keeps only what tells it. */
  readonly password: string
  readonly expiresAt: number
}

const audit = (client: ClientBase, partner: number, action: string, login: string, reason: string | null) =>
  client.query(`SELECT trackside.append_audit($1, $2, 'partner_memberships', $3, NULL, $4)`, [
    ...[partner, action, login, reason],
  ])

/**
 * Makes a login for one laptop of a partner, which counts until it expires or is redeemed.
 * @param client of the database's owner
 * @param holder what it is for, in words
 * @throws AppError central.refused
 */
export const inviteLaptop = (
  client: ClientBase,
  invitation: { readonly partner: Partner; readonly holder: string; readonly expiresAt: number },
): Promise<Invited> =>
  inTransaction(client, async () => {
    const { partner, holder, expiresAt } = invitation
    const user = `trackside_p${partner.id}_${randomBytes(5).toString('hex')}`
    const password = newPassword()
    await makeLogin(client, { name: user, group: await partnerRole(client, partner.id), password })
    await client.query(
      `INSERT INTO partner_memberships (login, role, timing_partner_id, holder, code_expires_at)
       VALUES ($1, 'laptop', $2, $3, $4)`,
      [user, partner.id, holder, new Date(expiresAt)],
    )
    await audit(client, partner.id, 'laptop invited', user, holder)
    return { user, password, expiresAt }
  })

/** Makes a login for an admin, who acts for nobody until an override is opened. @throws AppError central.refused */
export const inviteAdmin = (client: ClientBase, holder: string): Promise<Omit<Invited, 'expiresAt'>> =>
  inTransaction(client, async () => {
    const user = `trackside_admin_${randomBytes(5).toString('hex')}`
    const password = newPassword()
    await makeLogin(client, { name: user, group: 'trackside_admin', password })
    await client.query(`INSERT INTO partner_memberships (login, role, holder) VALUES ($1, 'admin', $2)`, [
      user,
      holder,
    ])
    return { user, password }
  })

/** Who is no superuser may end the sessions of roles that it is in. */
async function endSessions(client: ClientBase, login: string): Promise<void> {
  await client.query(`GRANT ${quoted(login)} TO CURRENT_USER`)
  await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1', [login])
}

/** Takes a login back: its sessions end, and it opens nothing any more. @throws AppError not-found, central.refused */
export async function revokeLogin(client: ClientBase, login: string, reason: string): Promise<void> {
  const { rowCount } = await client.query('SELECT FROM trackside.partner_memberships WHERE login = $1', [
    login,
  ])
  if (rowCount === 0) throw new AppError('not-found', `There is no login “${login}” of Trackside’s.`)
  // A code that is being redeemed holds the row, for as long as its session likes.
  await endSessions(client, login)
  await inTransaction(client, async () => {
    const { rows } = await client.query<{ partner: number | null }>(
      `UPDATE partner_memberships SET revoked_at = now() WHERE login = $1 RETURNING timing_partner_id AS partner`,
      [login],
    )
    const partner = rows[0]?.partner ?? null
    if (partner !== null) await audit(client, partner, 'login revoked', login, reason)
  })
  await endSessions(client, login)
}

/**
 * Closes a partner's rows to all its laptops, or opens them again. Their logins stay, so that each is told why.
 * @throws AppError central.refused
 */
export async function setPartnerDisabled(
  client: ClientBase,
  partner: Partner,
  disabled: { readonly reason: string } | null,
): Promise<void> {
  await inTransaction(client, async () => {
    await client.query(
      `INSERT INTO partner_states (timing_partner_id, disabled_at, reason)
       VALUES ($1, CASE WHEN $2::text IS NOT NULL THEN now() END, $2)
       ON CONFLICT (timing_partner_id) DO UPDATE SET disabled_at = excluded.disabled_at, reason = excluded.reason`,
      [partner.id, disabled?.reason ?? null],
    )
    const action = disabled === null ? 'partner enabled' : 'partner disabled'
    await audit(client, partner.id, action, partner.name, disabled?.reason ?? null)
  })
}
