import { statfs } from 'node:fs/promises'
import type { FindingKind } from '../../core/model.ts'
import { nextTurn } from '../../core/schedule.ts'
import type { Facts } from '../../monitor/rules.ts'
import {
  allConnections,
  type ConnectionRow,
  eventsOf,
  scheduleOf,
  scoredEvents,
} from '../../store/connections.ts'
import type { Reader } from '../../store/reader.ts'
import { troubledFindings } from '../../store/reconciliations.ts'
import { rowWhere } from '../../store/rows.ts'
import { isNear } from '../../sync/look.ts'
import { ENDED } from '../../sync/operations.ts'
import { accountBudgets } from '../account-budgets.ts'
import type { AppParts } from '../parts.ts'

const ENDS = ENDED.map(status => `'${status}'`).join(', ')

function lastOf(reader: Reader, connectionId: string): Facts['connections'][number]['last'] {
  const row = rowWhere(
    reader,
    'sync_operations',
    // Results have their own screen, and so has what was reconciled: neither says how registrations come.
    `connection_id = ? AND operation_type NOT IN ('results', 'reconcile') AND status IN (${ENDS}) AND status <> 'cancelled' ORDER BY completed_at DESC, id DESC LIMIT 1`,
    connectionId,
  )
  return row === null ? null : { status: row.status, code: row.errorCode, message: row.errorMessage }
}

function notCompared(reader: Reader, connectionId: string): string | null {
  const row = rowWhere(
    reader,
    'sync_operations',
    `connection_id = ? AND operation_type = 'reconcile' AND status IN ('completed', 'failed')
     ORDER BY completed_at DESC, id DESC LIMIT 1`,
    connectionId,
  )
  return row?.status === 'failed' ? (row.errorMessage ?? '') : null
}

/** What the last comparison found of events that are not over, and nobody repaired since. */
function apartOf(
  reader: Reader,
  connection: ConnectionRow,
  now: number,
): Facts['connections'][number]['apart'] {
  const troubled = Map.groupBy(troubledFindings(reader, connection.id), ({ eventId }) => eventId)
  if (troubled.size === 0) return []
  return scoredEvents(reader, connection, now).flatMap(event => {
    const found = troubled.get(event.id)
    if (found === undefined) return []
    const count = (kind: FindingKind): number => found.find(one => one.kind === kind)?.found ?? 0
    const { eventName } = event
    return [{ eventName, missing: count('only-here'), differing: count('differs'), near: isNear(event, now) }]
  })
}

/** Events that run by themselves, each by the wait it has now; one that never ran counts from when it was known. */
function turnsOf(
  reader: Reader,
  connection: ConnectionRow,
  now: number,
): Facts['connections'][number]['turns'] {
  if (!connection.autoSyncEnabled) return []
  const schedule = scheduleOf(connection)
  return eventsOf(reader, connection).flatMap(event => {
    const turn = nextTurn(schedule, event.startAt, now, now)
    if (turn === null) return []
    const last = rowWhere(
      reader,
      'event_turns',
      'connection_id = ? AND normalized_event_id = ?',
      connection.id,
      event.id,
    )
    const everyMs = turn.deadlineAt - turn.dueAt
    const lastGoodAt = Math.max(last?.lastSuccessAt ?? 0, connection.updatedAt, event.createdAt)
    return [{ eventName: event.eventName, everyMs, lastGoodAt }]
  })
}

const readersOf = ({ readerStatus }: AppParts): Facts['readers'] =>
  readerStatus.now().alarms.map(alarm => ({
    ...{ code: alarm.code, device: alarm.device, location: alarm.location },
    amount:
      alarm.code === 'unknown-climbing'
        ? alarm.share
        : alarm.code === 'clock-off'
          ? alarm.behindMs
          : alarm.code === 'gap'
            ? alarm.missing
            : null,
  }))

async function freeBytes(folder: string): Promise<number | null> {
  try {
    const disk = await statfs(folder)
    return disk.bavail * disk.bsize
  } catch {
    return null
  }
}

/** What is known here, without a call to anybody. */
export async function alertFacts(parts: AppParts): Promise<Facts> {
  const { store, config, backups } = parts
  const now = config.clock()
  const connections = allConnections(store.read)
  return {
    now,
    connections: connections.map(connection => ({
      id: connection.id,
      name: connection.connectionName,
      last: lastOf(store.read, connection.id),
      notCompared: notCompared(store.read, connection.id),
      apart: apartOf(store.read, connection, now),
      turns: config.schedule ? turnsOf(store.read, connection, now) : [],
    })),
    budgets: await accountBudgets(parts, connections),
    readers: readersOf(parts),
    freeBytes: await freeBytes(config.dataFolder),
    backup: backups.state(),
    peers: parts.replication?.status().peers ?? [],
  }
}
