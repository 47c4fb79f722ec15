import type { Clock, Log, Service } from '../core/runtime.ts'
import type { Secrets } from '../secrets/secrets.ts'
import type { Store } from '../store/store.ts'
import type { Access } from './access.ts'
import type { AppRouter } from './router.ts'

export interface AppConfig {
  /** Folder of everything this laptop keeps: database, backups, tokens, key file. */
  readonly dataFolder: string
  /** drizzle/local: bundling moves the code, so the folder is handed in. */
  readonly migrations: string
  readonly version: string
  readonly clock: Clock
  readonly fetch: typeof fetch
  readonly log: Log
  /** 0.0.0.0 unless readers must come from this machine only. */
  readonly timingHost?: string
  /** 61611 is what readers expect; 0 takes a free one; null listens to nobody. */
  readonly timingPort: number | null
  /** 3097 is what MYLAPS Timing & Scoring expects; 0 takes a free one; null or nothing listens to nobody. */
  readonly mylapsPort?: number | null
  /** Runs connections on their schedule. A command that does one thing and ends does not. */
  readonly schedule: boolean
  readonly secrets?: Secrets
  readonly nativeBinding?: string | undefined
  /** A practice race: said on every screen. */
  readonly practice?: boolean
  /** Starts a practice race beside this app; its address in a browser, or null when it opens its own window. */
  readonly startPractice?: () => Promise<string | null>
}

export interface App extends Service {
  readonly config: AppConfig
  readonly router: AppRouter
  readonly store: Store
  readonly access: Access
  /** Port the timing listener got; null when it does not listen. */
  readonly timingPort: () => number | null
  /** Port for MYLAPS Timing & Scoring; null when it does not listen. */
  readonly mylapsPort: () => number | null
}
