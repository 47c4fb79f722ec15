import { AppError, isAppError } from '../core/errors.ts'
import type { Clock } from '../core/runtime.ts'
import type { PushOutcome, TargetRace } from '../providers/provider.ts'
import { type ConnectionRow, connectionEvent, connectionEventOf, mappingOf } from '../store/connections.ts'
import type { Store } from '../store/store.ts'
import type { Row } from '../store/tables.ts'
import type { Account } from './account.ts'
import { asSeen, lookAtDue, type PushOnly } from './due-entries.ts'
import { type Desired, desiredOf, hashOf, isDue, type Offered, refusalOf, toEntry } from './entries.ts'
import { isConfirmed, mayUse } from './evidence.ts'
import { firstUse, MOST_TRIED } from './first-use.ts'
import { freezeOf, heldByFreeze } from './freeze.ts'
import { knownThere, type Ready, withKnown } from './known-entries.ts'
import { demandLook, isNear, seenAnew } from './look.ts'
import type { Held, Progress } from './operations.ts'
import { type Answer, forgetUnsent, keepReceipts, receiptId } from './receipts.ts'

/** Entries written down before the first of them is sent; until then all of the batch before are answered. */
const BATCH = 250
/** What was answered is written down so soon, whoever else is not answered yet. */
const KEPT_WITHIN_MS = 1000

/** Whether pushing is something somebody has confirmed, with this account or at all, or the connection allows it all the same. */
async function mayPush(store: Store, connection: ConnectionRow, target: PushTarget): Promise<boolean> {
  if (target.provider.evidence.push !== 'inferred' || connection.inferredAllowed) return true
  try {
    return mayUse(store.read, connection, await target.open(), 'push')
  } catch (error) {
    // Whose account it is nobody knows without its keys.
    if (isAppError(error)) return false
    throw error
  }
}

/** Where entries go. Its keys are asked for only when there is something to send: a held run needs none. */
export interface PushTarget {
  readonly provider: Account['provider']
  readonly clock: Clock
  /** Whether no other event of the connection goes there. */
  readonly onlyEvent: boolean
  /** Why nothing may be sent now; null: it may. */
  readonly held: () => Held | null
  readonly open: () => Promise<Account>
}

/**
 * Sends what changed of an event to scoring. Receipts make the next run send only what differs from them;
 * what was sent without an answer is read back first, so that nobody is entered twice.
 */
export async function pushEntries(
  store: Store,
  connection: ConnectionRow,
  event: Row<'normalized_events'>,
  target: PushTarget,
  progress: Progress,
  only: PushOnly | null,
): Promise<void> {
  const lookedAt = target.clock()
  const state = connectionEventOf(store.read, connection.id, event.id)
  const since = only === null ? (state?.pushCheckedAt ?? null) : null
  const { version, mapping } = mappingOf(store.read, connection.id)
  const offered: Offered = { connection, event, target: target.provider, mapping }
  const due = await lookAtDue(store, offered, { since, only, near: isNear(event, lookedAt) }, progress)
  const checked = (): void => {
    if (only !== null) return
    store.write(writer => {
      // A mapping saved meanwhile wants everybody looked at again.
      if (mappingOf(writer, connection.id).version !== version) return
      const row = connectionEvent(writer, connection.id, event.id)
      writer.put('connection_events', {
        ...row,
        pushCheckedAt: lookedAt,
      })
    })
  }
  const { ids } = due
  if (ids.length === 0) {
    if (only === null) seenAnew(store, connection, event, 'push')
    if (since === null || due.refused > 0) checked()
    return
  }
  const frozen = freezeOf(store.read)
  if (frozen !== null) return progress.hold(ids.length, heldByFreeze(frozen))
  const held = target.held()
  if (held !== null) return progress.hold(ids.length, held)
  if (!(await mayPush(store, connection, target))) return progress.hold(ids.length, UNCONFIRMED)
  if (due.changes !== null)
    demandLook(store, connection, event, progress.row().id, 'push', due.changes, lookedAt)
  progress.step(`Sending ${ids.length} entries of ${event.eventName} to ${target.provider.name}`)
  const account = await target.open()
  const race = await targetOf(store, connection, event, account, target.onlyEvent)
  const there = await knownThere(store, connection, event, account, race, due)
  const tried = new Set<string>()
  /** As they are now: who was changed since they were looked at is looked at again by the next run. */
  const readyOf = (some: readonly string[]): readonly Ready[] => {
    for (const id of some) tried.add(id)
    return desiredOf(store.read, offered, some).flatMap(found => {
      const desired = asSeen(found, only)
      if (!isDue(desired) || refusalOf(desired, target.provider) !== null) return []
      const entry = toEntry(desired, race.targetRaceId)
      const seen = only?.get(desired.participantId)?.entryId ?? null
      return withKnown(account, there, desired, { ...entry, entryId: entry.entryId ?? seen }, progress)
    })
  }
  const send = async (items: readonly Ready[]): Promise<readonly Desired[]> => {
    account.context.signal.throwIfAborted()
    return sendBatch(store, account, race, items, progress)
  }
  if (!isConfirmed(store.read, account, 'push')) {
    progress.step(`Sending the first entries of ${event.eventName} and reading them back`)
    const ready: Ready[] = []
    for (let at = 0; at < ids.length && ready.length < MOST_TRIED; at += MOST_TRIED)
      ready.push(...readyOf(ids.slice(at, at + MOST_TRIED)))
    const waiting = ids.length - tried.size + ready.length
    if (ready.length > 0) {
      const first = await firstUse(store, connection, account, race, { ready, waiting }, progress, send)
      if (first.held !== null) return progress.hold(waiting - first.sent, first.held)
      for (const { desired } of ready.slice(first.sent)) tried.delete(desired.participantId)
    }
  }
  const rest = inPlace(
    ids.filter(id => !tried.has(id)),
    id => receiptId(id, account, race),
  )
  for (let start = 0; start < rest.length; start += BATCH) {
    const frozenNow = freezeOf(store.read)
    if (frozenNow !== null) return progress.hold(rest.length - start, heldByFreeze(frozenNow))
    const heldNow = target.held()
    if (heldNow !== null) return progress.hold(rest.length - start, heldNow)
    await send(readyOf(rest.slice(start, start + BATCH)))
  }
  checked()
}

/** By where their receipts lie: those of a batch are neighbours then, and fewer pages are written. */
const inPlace = (ids: readonly string[], placeOf: (id: string) => string): readonly string[] =>
  ids
    .map(id => ({ id, place: placeOf(id) }))
    .sort((a, b) => (a.place < b.place ? -1 : 1))
    .map(({ id }) => id)

const UNCONFIRMED: Held = {
  code: 'provider.unconfirmed',
  message:
    'Nobody has confirmed how the scoring provider takes them. Allow it in the connection, or use the import file.',
}

/** The event's place at the target: asked once, then kept. */
export async function targetOf(
  store: Store,
  connection: ConnectionRow,
  event: Row<'normalized_events'>,
  target: Account,
  onlyEvent: boolean,
): Promise<TargetRace> {
  const known = store.write(writer => connectionEvent(writer, connection.id, event.id))
  if (known.targetEventId !== null && known.targetRaceId !== null) {
    return {
      targetEventId: known.targetEventId,
      targetRaceId: known.targetRaceId,
      name: known.targetName ?? '',
    }
  }
  const { entries } = target.provider
  if (!entries) throw new AppError('provider.unsupported', `${target.provider.name} takes no entries.`)
  const race = await entries.ensureEvent(target.context, {
    eventName: event.eventName,
    raceName: event.raceName,
    eventDate: event.eventDate,
    onlyEvent,
  })
  store.write(writer => {
    const row = connectionEvent(writer, connection.id, event.id)
    writer.put('connection_events', {
      ...row,
      targetEventId: race.targetEventId,
      targetRaceId: race.targetRaceId,
      targetName: race.name,
      clock: writer.clock,
      updatedAt: writer.at,
    })
  })
  return race
}

async function sendBatch(
  store: Store,
  target: Account,
  race: TargetRace,
  batch: readonly Ready[],
  progress: Progress,
): Promise<readonly Desired[]> {
  const { entries } = target.provider
  if (!entries || batch.length === 0) return []
  const unsent = batch.filter(({ desired }) => desired.receipt === null)
  const asUnanswered = unsent.map(({ desired, entry }) => ({ desired, entryId: entry.entryId, hash: '' }))
  keepReceipts(store, target, race, asUnanswered, 'now')
  const byKey = new Map(batch.map(({ desired }) => [desired.key, desired]))
  const accepted: Desired[] = []
  let answered: Answer[] = []
  let refused: Desired[] = []
  let timer: NodeJS.Timeout | null = null
  const keep = (): void => {
    keepReceipts(store, target, race, answered, 'later')
    answered = []
    forgetUnsent(store, target, race, refused)
    refused = []
    progress.save()
  }
  const keepSoon = (): void => {
    timer ??= setTimeout(() => {
      timer = null
      try {
        keep()
      } catch {
        // At the end of the batch it is tried again, and said.
      }
    }, KEPT_WITHIN_MS)
  }
  const onOutcome = (outcome: PushOutcome): void => {
    const desired = byKey.get(outcome.key)
    if (!desired) return
    byKey.delete(outcome.key)
    if (outcome.ok) {
      accepted.push(desired)
      answered.push({ desired, entryId: outcome.entryId, hash: hashOf(desired) })
      progress.add('pushedRecords')
    } else {
      refused.push(desired)
      progress.refused({
        stage: 'push',
        code: outcome.code,
        message: outcome.message,
        participantId: desired.participantId,
        sourceParticipantId: desired.sourceParticipantId,
      })
    }
    keepSoon()
  }
  try {
    await entries.push(
      target.context,
      race,
      batch.map(({ entry }) => entry),
      onOutcome,
    )
  } finally {
    if (timer !== null) clearTimeout(timer)
    keep()
  }
  return accepted
}
