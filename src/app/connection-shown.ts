import type { Connection } from '../api/connections.ts'
import { isAppError } from '../core/errors.ts'
import { scheduleInWords } from '../core/schedule.ts'
import { providerById, providers } from '../providers/index.ts'
import { type ConnectionRow, eventsOf, mappingOf, scheduleOf } from '../store/connections.ts'
import { rowsWhere } from '../store/rows.ts'
import { accountOf } from '../sync/budget.ts'
import { waitingFor } from '../sync/entries.ts'
import { seenWith } from '../sync/evidence.ts'
import type { AppParts } from './parts.ts'

const DAY = 24 * 60 * 60_000
/** Runs shown on a card. */
const RECENT = 24

type Side = 'source' | 'target'

/** Kept keys; none while the key file is locked. */
async function keptKeys(parts: AppParts, id: string, side: Side): Promise<Readonly<Record<string, string>>> {
  try {
    return await parts.keys.read(id, side)
  } catch (error) {
    if (isAppError(error)) return {}
    throw error
  }
}

/** What was seen to work with the account of one side. */
function confirmedAt(
  { store }: AppParts,
  row: ConnectionRow,
  side: Side,
  keys: Readonly<Record<string, string>>,
): Connection['confirmed'] {
  if (Object.keys(keys).length === 0) return []
  const id = side === 'source' ? row.sourceProvider : row.targetProvider
  const provider = providers.find(one => one.id === id)
  if (provider === undefined) return []
  const settings = side === 'source' ? row.sourceSettings : row.targetSettings
  const seen = seenWith(store.read, { name: accountOf(provider.id, keys), provider, settings })
  return seen.map(({ operation, at, how }) => ({ side, operation, at, how }))
}

/** A connection as its card shows it: what it is, how it did lately, what it does now. */
export async function connectionShown(parts: AppParts, row: ConnectionRow): Promise<Connection> {
  const { store, sync, config } = parts
  const now = config.clock()
  const sourceKeys = await keptKeys(parts, row.id, 'source')
  const targetKeys = await keptKeys(parts, row.id, 'target')
  const runs = rowsWhere(
    store.read,
    'sync_operations',
    `connection_id = ? AND operation_type IN ('events', 'participants')
     ORDER BY started_at DESC, id DESC LIMIT 200`,
    row.id,
  )
  const active = runs.find(
    run => run.status === 'running' || run.status === 'waiting' || run.status === 'pending',
  )
  const ended = runs.filter(
    run =>
      run.startedAt > now - DAY &&
      (run.status === 'completed' ||
        run.status === 'failed' ||
        run.status === 'held' ||
        run.status === 'needs-a-look'),
  )
  const good = ended.filter(run => run.status === 'completed' || run.status === 'held').length
  const { version, mapping } = mappingOf(store.read, row.id)
  const events = eventsOf(store.read, row)
  const starts = events.map(event => event.startAt).filter(at => at !== null && at > now - DAY)
  const people = store.read.get<{ people: number }>(
    `SELECT COUNT(*) AS people FROM effective_participants WHERE registration_status = 'registered'
     AND normalized_event_id IN (SELECT normalized_event_id FROM connection_events WHERE connection_id = ?)`,
    row.id,
  )
  const standing = sync.centre.standing(row.id)
  return {
    id: row.id,
    connectionName: row.connectionName,
    sourceProvider: row.sourceProvider,
    targetProvider: row.targetProvider,
    sourceSettings: { ...row.sourceSettings },
    targetSettings: { ...row.targetSettings },
    sourceCredentialsKept: Object.keys(sourceKeys),
    targetCredentialsKept: Object.keys(targetKeys),
    credentialsUpdatedAt: row.credentialsUpdatedAt,
    events: row.events === 'all' ? 'all' : [...row.events],
    schedule: { mode: row.scheduleMode, intervalMinutes: row.scheduleIntervalMinutes },
    scheduleInWords: scheduleInWords(
      scheduleOf(row),
      starts.length > 0 ? Math.min(...starts.map(Number)) : (events[0]?.startAt ?? null),
      now,
    ),
    autoSyncEnabled: row.autoSyncEnabled,
    inferredAllowed: row.inferredAllowed,
    confirmed: [
      ...confirmedAt(parts, row, 'source', sourceKeys),
      ...confirmedAt(parts, row, 'target', targetKeys),
    ],
    mappingConfig: { source: { ...mapping.source }, target: { ...mapping.target } },
    mappingVersion: version,
    lastSyncAt: row.lastSyncAt,
    lastSuccessAt: row.lastSuccessAt,
    nextSyncAt: sync.queue.nextAt(row),
    participants: people?.people ?? 0,
    waiting: waitingFor(store.read, row, providerById(row.targetProvider), now),
    runsOn: standing.kind === 'elsewhere' ? standing.laptop : null,
    recent: runs.slice(0, RECENT).map(run => ({
      id: run.id,
      status: run.status,
      startedAt: run.startedAt,
      errorCode: run.errorCode,
      errorMessage: run.errorMessage,
      heldRecords: run.heldRecords,
    })),
    running: active
      ? {
          id: active.id,
          status: active.status,
          step: active.step ?? active.errorMessage,
          processed: active.processedRecords,
          total: active.totalRecords,
        }
      : null,
    successRate24h: ended.length === 0 ? null : good / ended.length,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  }
}
