import type { ClientBase } from 'pg'
import { AppError } from '../../core/errors.ts'
import { PEER_WORDS, type PeerKind } from '../peer-words.ts'
import { scramVerifier } from './scram.ts'

/** Whose database this is, and whom this login stands for there. */
export interface Membership {
  /** Of the database, wherever it is reached. */
  readonly installationId: string
  /** Another whenever its change feed begins anew. */
  readonly feedId: string
  readonly partnerId: number
  readonly partnerName: string
}

interface State {
  readonly installation_id: string
  readonly feed_id: string
  readonly role: 'laptop' | 'admin' | null
  readonly timing_partner_id: number | null
  readonly partner_name: string | null
  readonly state: 'good' | 'unknown' | 'revoked' | 'disabled' | 'expired'
  readonly reason: string | null
}

const notGood = (keeper: string): Readonly<Record<Exclude<State['state'], 'good' | 'disabled'>, string>> => ({
  unknown: `This login belongs to no timing partner. Ask ${keeper} for a connection code.`,
  revoked: `This laptop’s login was taken back. Ask ${keeper} for another connection code.`,
  expired: `The connection code has expired. Ask ${keeper} for another connection code.`,
})

/**
 * What a laptop's login may do here, of a database whose schema was checked.
 * @throws AppError central.disabled, central.refused
 */
export async function membershipOf(client: ClientBase, kind: PeerKind = 'central'): Promise<Membership> {
  const { the, keeper } = PEER_WORDS[kind]
  const { rows } = await client.query<State>('SELECT * FROM trackside.my_state()')
  const [mine] = rows
  if (mine?.state === 'disabled')
    throw new AppError(
      'central.disabled',
      `${mine.partner_name ?? 'This timing partner'} is disabled at ${the}${
        mine.reason === null ? '' : `: ${mine.reason}`
      }. Everything stays on this laptop and waits.`,
    )
  if (mine === undefined) throw new AppError('central.refused', notGood(keeper).unknown)
  if (mine.state !== 'good') throw new AppError('central.refused', notGood(keeper)[mine.state])
  if (mine.timing_partner_id === null)
    throw new AppError(
      'central.refused',
      'This is an admin’s login. A laptop joins with a connection code of its partner.',
    )
  return {
    installationId: mine.installation_id,
    feedId: mine.feed_id,
    partnerId: mine.timing_partner_id,
    partnerName: mine.partner_name ?? `Partner ${mine.timing_partner_id}`,
  }
}

/**
 * Uses up a connection code: from here on only the new password opens, so that the code serves nobody else. Keep the new
 * password before calling this: with neither nobody gets in.
 * @throws AppError central.refused when somebody used it before
 */
export async function redeemCode(client: ClientBase, newPassword: string): Promise<void> {
  await client.query('BEGIN')
  try {
    await client.query('SELECT trackside.redeem_code()')
    await client.query(`ALTER ROLE CURRENT_USER PASSWORD '${scramVerifier(newPassword)}'`)
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined)
    if (error instanceof Error && 'code' in error && error.code === '42501')
      throw new AppError(
        'central.refused',
        'This connection code was used already, or has expired. Every laptop needs its own: ask for another.',
        { cause: error },
      )
    throw error
  }
}
