import type { ClientBase } from 'pg'
import { inviteLaptop } from '../central/invite.ts'
import type { Partner } from '../central/partners.ts'
import { formatConnectionCode } from '../connection-code.ts'
import type { OwnerLogin } from './server.ts'

/** How the laptop that is the hub is on its own hub. */
export type OwnPeer = { readonly peerId: string; readonly login: string; readonly port: number }

const CODE_LASTS_MS = 600_000

/** A code for the hub's own laptop: by loopback, where nothing is encrypted. */
export async function inviteOwn(
  client: ClientBase,
  { owner, partner, now }: { readonly owner: OwnerLogin; readonly partner: Partner; readonly now: number },
): Promise<{ readonly code: string; readonly login: string }> {
  const expiresAt = now + CODE_LASTS_MS
  const { user, password } = await inviteLaptop(client, { partner, holder: 'Hub', expiresAt })
  const { host, port, database } = owner
  const login = { hosts: [host], port, database, user, password, trust: { kind: 'system' } } as const
  return { code: formatConnectionCode({ kind: 'hub', name: 'this laptop', login, expiresAt }), login: user }
}
