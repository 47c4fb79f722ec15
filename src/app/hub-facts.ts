import type { AppParts } from './parts.ts'
import type { HubFacts } from './preflight/preflight-hub.ts'

/** Who shares this site, as far as this laptop knows. */
export async function hubFacts({ hub, store, replication }: AppParts): Promise<HubFacts> {
  const ownId = hub?.ownPeerId()
  const peers = replication?.status().peers ?? []
  const joined = peers.filter(({ kind, id }) => kind === 'hub' && id !== ownId)
  const state = hub?.state()
  if (hub === null || !state?.on) return { own: null, joined }
  const laptops = await hub.laptops()
  return {
    own: {
      ...{ state: state.state, message: state.message },
      laptops: laptops
        .filter(({ revokedAt, laptopId }) => revokedAt === null && laptopId !== store.laptopId)
        .map(({ role, connected, joinedAt, heardAt }) => ({
          role,
          connected,
          heardAt,
          joined: joinedAt !== null,
        })),
    },
    joined,
  }
}
