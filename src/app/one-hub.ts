import type { Hub } from '../replication/hub/hub.ts'
import type { PeerStatus, Replication } from '../replication/replication.ts'

/**
 * A laptop is on one hub: who joins another leaves the one before, which need not be there any more. All that it had is
 * here, and goes to the new one. Its own hub it stops itself.
 */
export async function leaveOtherHubs(
  replication: Replication,
  joined: PeerStatus,
  own: Pick<Hub, 'ownPeerId'> | null,
): Promise<void> {
  if (joined.kind !== 'hub') return
  for (const { id, kind } of replication.status().peers)
    if (kind === 'hub' && id !== joined.id && id !== own?.ownPeerId()) await replication.leave(id)
}
