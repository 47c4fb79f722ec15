import type { Replication } from '../replication/replication.ts'
import { ALONE, type Centre } from '../sync/centre.ts'

/** A run waits no longer for what other laptops did. */
const BRING_MS = 10_000

/** What a sync asks of the databases this laptop replicates with. */
export function createCentre(replication: Replication | null): Centre {
  if (replication === null) return ALONE
  return {
    standing: replication.leaseOf,
    ask: replication.askLease,
    async bring(signal) {
      const none = replication.status().peers.length === 0
      if (!none) await replication.run(AbortSignal.any([signal, AbortSignal.timeout(BRING_MS)]))
    },
    send() {
      void replication.run(AbortSignal.timeout(BRING_MS))
    },
  }
}
