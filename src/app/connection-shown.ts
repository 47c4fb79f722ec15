import type { Connection } from '../api/connections.ts'
import { isAppError } from '../core/errors.ts'
import { scheduleInWords } from '../core/schedule.ts'
import { providerById } from '../providers/index.ts'
import { type ConnectionRow, eventsOf, mappingOf, scheduleOf } from '../store/connections.ts'
import { rowsWhere } from '../store/rows.ts'
import { waitingFor } from '../sync/entries.ts'
import type { AppParts } from './parts.ts'

const DAY = 24 * 60 * 60_000
/** Runs shown on a card. */
const RECENT = 24

/** Names of kept keys; none while the key file is locked. */
async function keptNames(parts: AppParts, id: string, side: 'source' | 'target'): Promise<string[]> {
  try {
    return Object.keys(await parts.keys.read(id, side))
  } catch (error) {
    if (isAppError(error)) return []
    throw error
  }
}

/** A connection as its card shows it: what it is, how it did lately, what it does now. */
export async function connectionShown(parts: AppParts, row: ConnectionRow): Promise<Connection> {
  const { store, sync, config } = parts
  const now = config.clock()
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
  return {
    id: row.id,
    connectionName: row.connectionName,
    sourceProvider: row.sourceProvider,
    targetProvider: row.targetProvider,
    sourceSettings: { ...row.sourceSettings },
    targetSettings: { ...row.targetSettings },
    sourceCredentialsKept: await keptNames(parts, row.id, 'source'),
    targetCredentialsKept: await keptNames(parts, row.id, 'target'),
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
    mappingConfig: { source: { ...mapping.source }, target: { ...mapping.target } },
    mappingVersion: version,
    lastSyncAt: row.lastSyncAt,
    lastSuccessAt: row.lastSuccessAt,
    nextSyncAt: sync.queue.nextAt(row),
    participants: people?.people ?? 0,
    waiting: waitingFor(store.read, row, providerById(row.targetProvider), now),
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
