import type { Replication } from '../replication/replication.ts'
import { ALONE, type Centre } from '../sync/centre.ts'

/** A run waits no longer for what other laptops did. */
const BRING_MS = 10_000

/** Of a command that does one thing and ends: it is in touch with nobody. */
const CUT_OFF: Centre = {
  ...ALONE,
  standing: () => ({ kind: 'unsure', atHub: false }),
  ask: async () => ({ kind: 'unsure', atHub: false }),
  takeOver: async () => ({ kind: 'unsure', atHub: false }),
}

/**
 * What a sync asks of the databases this laptop replicates with.
 * @param joined whether it is a laptop of several, where nothing replicates now
 */
export function createCentre(replication: Replication | null, joined: () => boolean): Centre {
  if (replication === null) {
    const now = (): Centre => (joined() ? CUT_OFF : ALONE)
    return {
      ...ALONE,
      standing: id => now().standing(id),
      ask: id => now().ask(id),
      takeOver: (id, signal) => now().takeOver(id, signal),
    }
  }
  return {
    standing: replication.leaseOf,
    ask: replication.askLease,
    takeOver: replication.takeOverLease,
    during: replication.duringLease,
    async bring(signal) {
      const none = replication.status().peers.length === 0
      if (!none) await replication.run(AbortSignal.any([signal, AbortSignal.timeout(BRING_MS)]))
    },
    send() {
      void replication.run(AbortSignal.timeout(BRING_MS))
    },
  }
}
