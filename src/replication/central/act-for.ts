import type { ClientBase } from 'pg'
import { AppError } from '../../core/errors.ts'

/**
 * Lets a session write a partner's rows: a login above the partners as it is, an admin's by acting for them, with a reason
 * that is kept in their audit.
 * @param partner null: all of them
 * @throws AppError auth.forbidden
 */
export async function actFor(central: ClientBase, partner: number | null, reason: string): Promise<void> {
  const { rows } = await central.query<{ above: boolean; admin: boolean }>(
    `SELECT rolsuper OR rolbypassrls AS above, trackside.is_admin() AS admin FROM pg_roles WHERE rolname = session_user`,
  )
  const [login] = rows
  if (login?.above) return
  if (!login?.admin)
    throw new AppError(
      'auth.forbidden',
      'This writes rows of every partner: use the login of an admin of the central database, or of its owner.',
    )
  await central.query(`SELECT trackside.act_for($1, $2, '12 hours')`, [partner, reason])
}
