import { AppError } from '../core/errors.ts'
import { idOf } from '../store/ids.ts'
import type { Reader } from '../store/reader.ts'
import { rowsWhere, rowWhere } from '../store/rows.ts'
import type { Store } from '../store/store.ts'
import type { Row } from '../store/tables.ts'
import type { Trouble } from './rules.ts'

export type AlertRow = Row<'alerts'>

/** What is not over, the worst and newest first. */
export const openAlerts = (reader: Reader): AlertRow[] =>
  rowsWhere(reader, 'alerts', `state <> 'resolved' ORDER BY severity, first_seen_at DESC, id`)

export const resolvedAlerts = (reader: Reader, limit: number): AlertRow[] =>
  rowsWhere(reader, 'alerts', `state = 'resolved' ORDER BY resolved_at DESC, id LIMIT ?`, limit)

const idOfTrouble = ({ kind, subject }: Trouble): string => idOf('alerts', kind, subject)

/** The row a trouble makes of the one before; the same object where nothing changed. */
function seen(before: AlertRow | undefined, trouble: Trouble, now: number): AlertRow {
  if (before === undefined || before.state === 'resolved') {
    return {
      ...trouble,
      id: idOfTrouble(trouble),
      state: 'active',
      firstSeenAt: now,
      lastSeenAt: now,
      count: (before?.count ?? 0) + 1,
      ...{ decidedBy: null, decidedAt: null, snoozedUntil: null, resolvedAt: null },
    }
  }
  const slept = before.state === 'snoozed' && before.snoozedUntil !== null && before.snoozedUntil <= now
  // What grew worse is nobody's acknowledged trouble any more.
  const worse = before.severity === 'warn' && trouble.severity === 'bad'
  const again = slept || worse
  if (!again && before.message === trouble.message && before.severity === trouble.severity) return before
  return {
    ...before,
    ...trouble,
    lastSeenAt: now,
    ...(again ? { state: 'active', decidedBy: null, decidedAt: null, snoozedUntil: null } : {}),
  }
}

/** Writes down what is wrong now; what is no longer wrong resolves by itself. Nothing is written when nothing changed. */
export function noteTroubles(store: Store, troubles: readonly Trouble[], now: number): void {
  const known = new Map(rowsWhere(store.read, 'alerts', '1 = 1').map(row => [row.id, row]))
  const wrong = new Map(troubles.map(trouble => [idOfTrouble(trouble), trouble]))
  const changed: AlertRow[] = []
  for (const [id, trouble] of wrong) {
    const before = known.get(id)
    const row = seen(before, trouble, now)
    if (row !== before) changed.push(row)
  }
  for (const row of known.values()) {
    if (row.state === 'resolved' || wrong.has(row.id)) continue
    changed.push({ ...row, state: 'resolved', resolvedAt: now, lastSeenAt: now, snoozedUntil: null })
  }
  if (changed.length === 0) return
  store.write(writer => {
    for (const row of changed) writer.put('alerts', row)
  })
}

/**
 * Somebody is at it, or wants to hear of it again only later.
 * @param snoozedUntil null: acknowledged, until it is over
 * @throws AppError not-found, conflict when it is over
 */
export function decideAlert(store: Store, id: string, snoozedUntil: number | null, actor: string): AlertRow {
  return store.write(writer => {
    const before = rowWhere(writer, 'alerts', 'id = ?', id)
    if (before === null) throw new AppError('not-found', `There is no alert ${id}.`)
    if (before.state === 'resolved') throw new AppError('conflict', 'This is over already.')
    const state = snoozedUntil === null ? 'acknowledged' : 'snoozed'
    const after: AlertRow = { ...before, state, snoozedUntil, decidedBy: actor, decidedAt: writer.at }
    writer.put('alerts', after)
    writer.audit({
      action: `alert ${state}`,
      table: 'alerts',
      rowId: id,
      before: { state: before.state },
      after: { state, message: before.message, snoozed_until: snoozedUntil },
    })
    return after
  }, actor)
}
