import type { Backups } from '../keeping/backups.ts'
import type { Secrets } from '../secrets/secrets.ts'
import type { Store } from '../store/store.ts'
import type { Sync } from '../sync/sync.ts'
import type { Importer } from '../timing/importer.ts'
import type { Linker } from '../timing/linker.ts'
import type { Listener } from '../timing/listener.ts'
import type { AppConfig } from './app.ts'
import type { ConnectionKeys } from './connection-keys.ts'
import type { Topics } from './topics.ts'

/** What procedures are made of. */
export interface AppParts {
  readonly config: AppConfig
  readonly store: Store
  readonly secrets: () => Secrets
  readonly keys: ConnectionKeys
  readonly sync: Sync
  readonly linker: Linker
  readonly importer: Importer
  readonly timing: TimingState
  readonly topics: Topics
  readonly backups: Backups
  readonly startedAt: number
}

/** The listener, or why there is none. */
export interface TimingState {
  readonly listener: () => Listener | null
  readonly trouble: () => string | null
  readonly port: () => number | null
}
