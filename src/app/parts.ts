import type { Backups } from '../keeping/backups.ts'
import type { Hub } from '../replication/hub/hub.ts'
import type { Office } from '../replication/office.ts'
import type { Replication } from '../replication/replication.ts'
import type { Secrets } from '../secrets/secrets.ts'
import type { Store } from '../store/store.ts'
import type { Sync } from '../sync/sync.ts'
import type { Importer } from '../timing/importer.ts'
import type { Linker } from '../timing/linker.ts'
import type { Relays } from '../timing/relay.ts'
import type { AppConfig } from './app.ts'
import type { ConnectionKeys } from './connection-keys.ts'
import type { Count } from './counting/count-aside.ts'
import type { Entered, RaceDayCounts } from './counting/race-day-counts.ts'
import type { DisplayReach } from './displays/display-reach.ts'
import type { RaceFacts } from './race-facts.ts'
import type { ReaderStatus } from './readers/reader-status.ts'
import type { Readers } from './readers/readers.ts'
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
  readonly readers: Readers
  readonly relays: Relays
  readonly readerStatus: ReaderStatus
  readonly topics: Topics
  /** What takes a large store long: looked up by a thread. */
  readonly count: Count
  readonly entered: Entered
  readonly raceFacts: RaceFacts
  readonly counts: (raceDayId: string) => Promise<RaceDayCounts>
  readonly displayReach: DisplayReach
  /** Null where this laptop cannot be the hub. */
  readonly hub: Hub | null
  readonly backups: Backups
  /** Null: it works alone. */
  readonly replication: Replication | null
  /** Null: another one keeps the central database in order. */
  readonly office: Office | null
  readonly startedAt: number
}
