import type { Service } from '../../core/runtime.ts'
import { noteTroubles } from '../../monitor/alerts.ts'
import { troublesOf } from '../../monitor/rules.ts'
import type { TableName } from '../../store/tables.ts'
import type { AppParts } from '../parts.ts'
import { alertFacts } from './alert-facts.ts'

const LOOK_MS = 30_000
/** After a change it is looked this soon, however many follow. */
const SOON_MS = 500
const TABLES: readonly TableName[] = [
  'provider_connections',
  'event_turns',
  'sync_looks',
  'reconciliations',
  'stream_notices',
]

export interface AlertWatch extends Service {
  /** Looks now. */
  look(): Promise<void>
}

/** Keeps the alerts as things are. */
export function createAlertWatch(parts: AppParts): AlertWatch {
  let timer: NodeJS.Timeout | undefined
  let soon: NodeJS.Timeout | undefined
  let looking: Promise<void> | null = null
  let off = (): void => {}
  const lookOnce = async (): Promise<void> => {
    try {
      const facts = await alertFacts(parts)
      noteTroubles(parts.store, troublesOf(facts), facts.now)
    } catch (error) {
      parts.config.log.error({ error: String(error) }, 'the alerts could not be looked at')
    }
  }
  const look = (): Promise<void> => {
    looking ??= lookOnce().finally(() => {
      looking = null
    })
    return looking
  }
  const lookSoon = (): void => {
    soon ??= setTimeout(() => {
      soon = undefined
      void look()
    }, SOON_MS)
  }
  return {
    look,
    async start() {
      const offStore = parts.store.onChange(tables => {
        if (TABLES.some(table => tables.has(table))) lookSoon()
      })
      const offPeers = parts.replication?.onChange(lookSoon)
      off = () => {
        offStore()
        offPeers?.()
      }
      timer = setInterval(() => void look(), LOOK_MS)
      lookSoon()
    },
    async stop() {
      off()
      clearInterval(timer)
      clearTimeout(soon)
      await looking
    },
  }
}
