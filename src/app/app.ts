import type { Clock, Log, Service } from '../core/runtime.ts'
import type { Secrets } from '../secrets/secrets.ts'
import type { Store } from '../store/store.ts'
import type { Access } from './access.ts'
import type { AppRouter } from './router.ts'

/** What a program hands in from its surroundings, the same for each app it starts. */
export interface Surroundings {
  /** drizzle/local: bundling moves the code, so the folder is handed in. */
  readonly migrations: string
  /** drizzle/central. Without it this app replicates with nobody. */
  readonly centralMigrations?: string | undefined
  readonly version: string
  readonly clock: Clock
  readonly fetch: typeof fetch
  readonly log: Log
  readonly nativeBinding?: string | undefined
  /** Of the bundle: the store's piece that runs in a thread. */
  readonly checkpointThread?: string | undefined
  /** Of the bundle: the thread that counts for screens. */
  readonly countingThread?: string | undefined
}

export interface AppConfig extends Surroundings {
  /** Folder of everything this laptop keeps: database, backups, tokens, key file. */
  readonly dataFolder: string
  /** 0 to 1; default Math.random. */
  readonly random?: () => number
  /** Default: as long as it says. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>
  /** 0.0.0.0 unless readers must come from this machine only. */
  readonly timingHost?: string
  /** 61611 is what readers expect; 0 takes a free one; null listens to nobody. */
  readonly timingPort: number | null
  /** 3097 is what MYLAPS Timing & Scoring expects; 0 takes a free one; null or nothing listens to nobody. */
  readonly mylapsPort?: number | null
  /** Runs connections on their schedule. A command that does one thing and ends does not. */
  readonly schedule: boolean
  readonly secrets?: Secrets
  /** A central database to join: a connection code, or the address of a laptop's login. */
  readonly central?: string | undefined
  /** It runs all the time, and keeps people and feed in order at the central database. */
  readonly keepsOrder?: boolean
  /** A practice race: said on every screen. */
  readonly practice?: boolean
  /** Starts a practice race beside this app; its address in a browser, or null when it opens its own window. */
  readonly startPractice?: () => Promise<string | null>
  /** Without it this laptop cannot be the hub of a site, as in a practice race. */
  readonly hub?: HubConfig
  /** How other machines on the network reach displays. Without it they do not. */
  readonly displayDoor?: DisplayDoor
}

/** What a hub is made of. */
export interface HubConfig {
  /** PostgreSQL's programs; null: where npm put them. */
  readonly binariesFolder: string | null
  /** Whether other machines may come. */
  readonly reach: 'loopback' | 'lan'
}

/** Lets other machines see displays, and nothing else of this app. */
export interface DisplayDoor {
  /** It can be neither opened nor closed: the whole app is served to the network. */
  readonly always?: true
  /** The port it listens at; null while it is closed. */
  port(): number | null
  /** @param port tried first; another one is taken where it is not free. @throws AppError port.taken */
  open(app: Pick<App, 'router' | 'access'>, port: number): Promise<void>
  close(): Promise<void>
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
