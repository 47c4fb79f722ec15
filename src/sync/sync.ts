import type { Clock, Log, Service } from '../core/runtime.ts'
import type { Provider } from '../providers/provider.ts'
import type { Store } from '../store/store.ts'
import type { AccountParts, CredentialsOf } from './account.ts'
import { createBreaker } from './breaker.ts'
import { createBudget } from './budget.ts'
import { ALONE, type Centre } from './centre.ts'
import { createNetwork, type Network } from './network.ts'
import { type PreviewProgress, previewSync, type SyncPreview } from './preview.ts'
import type { Wait } from './publish.ts'
import { createQueue, type Queue } from './queue.ts'

export interface SyncParts {
  readonly store: Store
  readonly providerById: (id: string) => Provider
  readonly credentialsOf: CredentialsOf
  readonly fetch: typeof fetch
  readonly clock: Clock
  readonly log: Log
  /** 0 to 1. */
  readonly random: () => number
  readonly wait: Wait
  readonly schedule: boolean
  /** The central database, if there is one. */
  readonly centre?: Centre
}

/** Registrations in, entries out: on demand and on schedule. */
export interface Sync extends Service {
  readonly queue: Queue
  readonly network: Network
  readonly accounts: AccountParts
  readonly wait: Wait
  readonly centre: Centre
  preview(
    connectionId: string,
    fresh: boolean,
    signal: AbortSignal,
    onProgress?: (progress: PreviewProgress) => void,
  ): Promise<SyncPreview>
}

export function createSync(parts: SyncParts): Sync {
  const network = createNetwork(parts)
  const accounts: AccountParts = {
    providerById: parts.providerById,
    credentialsOf: parts.credentialsOf,
    fetch: network.fetch,
    clock: parts.clock,
    budget: createBudget(parts),
    breaker: createBreaker(parts),
  }
  const centre = parts.centre ?? ALONE
  const queue = createQueue({
    store: parts.store,
    accounts,
    clock: parts.clock,
    log: parts.log,
    random: parts.random,
    wait: parts.wait,
    schedule: parts.schedule,
    centre,
  })
  const off = network.onChange(() => {
    if (network.state().state === 'up') queue.wake()
  })
  return {
    queue,
    network,
    accounts,
    wait: parts.wait,
    centre,
    preview: (connectionId, fresh, signal, onProgress) =>
      previewSync(parts.store, accounts, connectionId, fresh, signal, onProgress),
    start: () => queue.start(),
    async stop() {
      off()
      await queue.stop()
    },
  }
}
