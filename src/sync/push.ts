import { AppError, isAppError } from '../core/errors.ts'
import type { FieldDifference } from '../core/model.ts'
import type { Clock } from '../core/runtime.ts'
import type { Entry, PushOutcome, TargetEntry, TargetRace } from '../providers/provider.ts'
import { type ConnectionRow, connectionEvent, connectionEventOf, mappingOf } from '../store/connections.ts'
import type { Store } from '../store/store.ts'
import type { Row } from '../store/tables.ts'
import type { Account } from './account.ts'
import { type Desired, desiredEntries, isDue, isOurKey, refusalOf, toEntry } from './entries.ts'
import { isConfirmed, mayUse } from './evidence.ts'
import { firstUse } from './first-use.ts'
import { freezeOf, heldByFreeze } from './freeze.ts'
import { changesOfPush, demandLook, isNear, seenAnew } from './look.ts'
import type { Held, Progress } from './operations.ts'
import { forgetUnsent, keepReceipts } from './receipts.ts'

/** Entries between two looks at the signal and two saves of the receipts. */
const BATCH = 100

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

/** The only people to send, with what the target was seen to hold of them where that is otherwise than it accepted. */
export type PushOnly = ReadonlyMap<string, SeenThere | null>

/** Values by the target's own field names. */
export interface SeenThere {
  readonly entryId: string | null
  readonly fields: readonly FieldDifference[]
}

/** Somebody whose receipt is in doubt: due again, and what would change is counted from what the target was seen to hold. */
function inDoubt(desired: Desired, { entryId, fields }: SeenThere): Desired {
  const { receipt } = desired
  if (receipt === null) return desired
  const accepted = { ...receipt.accepted }
  for (const { field, theirs } of fields) {
    if (theirs === null) delete accepted[field]
    else accepted[field] = theirs
  }
  const targetEntryId = entryId ?? receipt.targetEntryId
  return { ...desired, receipt: { ...receipt, targetEntryId, accepted, acceptedHash: '' } }
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
  const due = desiredEntries(store.read, connection, event, target.provider, { since })
    .filter(desired => only === null || only.has(desired.participantId))
    .map(desired => {
      const seen = only?.get(desired.participantId) ?? null
      return seen === null ? desired : inDoubt(desired, seen)
    })
    .filter(isDue)
  const { version } = mappingOf(store.read, connection.id)
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
  const fit = due.filter(desired => {
    const refusal = refusalOf(desired, target.provider)
    if (refusal === null) return true
    progress.refused({
      stage: 'map',
      ...refusal,
      participantId: desired.participantId,
      sourceParticipantId: desired.sourceParticipantId,
    })
    return false
  })
  if (fit.length === 0) {
    if (only === null) seenAnew(store, connection, event, 'push')
    if (since === null || due.length > 0) checked()
    return
  }
  const frozen = freezeOf(store.read)
  if (frozen !== null) return progress.hold(fit.length, heldByFreeze(frozen))
  const held = target.held()
  if (held !== null) return progress.hold(fit.length, held)
  if (!(await mayPush(store, connection, target))) return progress.hold(fit.length, UNCONFIRMED)
  if (isNear(event, lookedAt)) {
    const changes = changesOfPush(store.read, fit, bibFieldsOf(target.provider))
    demandLook(store, connection, event, progress.row().id, 'push', changes, lookedAt)
  }
  progress.step(`Sending ${fit.length} entries of ${event.eventName} to ${target.provider.name}`)
  const account = await target.open()
  const race = await targetOf(store, connection, event, account, target.onlyEvent)
  const ready = await withKnownEntries(store, connection, event, account, race, fit, only, progress)
  const send = async (items: readonly Ready[]): Promise<readonly Desired[]> => {
    account.context.signal.throwIfAborted()
    const accepted = await sendBatch(store, account, race, items, progress)
    progress.save()
    return accepted
  }
  let start = 0
  if (ready.length > 0 && !isConfirmed(store.read, account, 'push')) {
    progress.step(`Sending the first entries of ${event.eventName} and reading them back`)
    const first = await firstUse(store, connection, account, race, ready, progress, send)
    if (first.held !== null) return progress.hold(ready.length - first.sent, first.held)
    start = first.sent
  }
  for (; start < ready.length; start += BATCH) {
    const frozenNow = freezeOf(store.read)
    if (frozenNow !== null) return progress.hold(ready.length - start, heldByFreeze(frozenNow))
    const heldNow = target.held()
    if (heldNow !== null) return progress.hold(ready.length - start, heldNow)
    await send(ready.slice(start, start + BATCH))
  }
  checked()
}

interface Ready {
  readonly desired: Desired
  readonly entry: Entry
}

const UNCONFIRMED: Held = {
  code: 'provider.unconfirmed',
  message:
    'Nobody has confirmed how the scoring provider takes them. Allow it in the connection, or use the import file.',
}

/** The target's own fields for a bib, whatever the mapping puts into them. */
const bibFieldsOf = (target: Account['provider']): readonly string[] =>
  target.fields.filter(({ ours }) => ours === 'bib_number').map(({ name }) => name)

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

/**
 * Entries with the target's own ids where it already holds them. It is asked when this laptop never read that race,
 * or when something was sent that was never answered.
 */
async function withKnownEntries(
  store: Store,
  connection: ConnectionRow,
  event: Row<'normalized_events'>,
  target: Account,
  race: TargetRace,
  fit: readonly Desired[],
  only: PushOnly | null,
  progress: Progress,
): Promise<readonly Ready[]> {
  const { entries } = target.provider
  const plain = fit.map(desired => {
    const entry = toEntry(desired, race.targetRaceId)
    const seen = only?.get(desired.participantId)?.entryId ?? null
    return { desired, entry: { ...entry, entryId: entry.entryId ?? seen } }
  })
  const state = connectionEventOf(store.read, connection.id, event.id)
  const unanswered = fit.some(desired => desired.receipt !== null && desired.receipt.targetEntryId === null)
  const needed =
    plain.some(({ entry }) => entry.entryId === null) && (unanswered || state?.targetReadAt == null)
  if (!needed || !entries) return plain
  const byKey = new Map<string, TargetEntry>()
  const foreignBibs = new Map<string, TargetEntry>()
  for await (const page of entries.readBack(target.context, race)) {
    for (const entry of page.items) {
      if (entry.key !== null) byKey.set(entry.key, entry)
      if (entry.bib !== null && !isOurKey(entry.key)) foreignBibs.set(entry.bib, entry)
    }
  }
  store.write(writer => {
    const row = connectionEvent(writer, connection.id, event.id)
    writer.put('connection_events', {
      ...row,
      targetReadAt: writer.at,
      clock: writer.clock,
      updatedAt: writer.at,
    })
  })
  return plain.flatMap(({ desired, entry }) => {
    const held = byKey.get(desired.key)
    if (held) return [{ desired, entry: { ...entry, entryId: held.entryId } }]
    const foreign = desired.bibNumber === null ? undefined : foreignBibs.get(desired.bibNumber)
    if (!foreign || entry.entryId !== null) return [{ desired, entry }]
    progress.refused({
      stage: 'push',
      code: 'entry.bib-taken',
      message: `Bib ${desired.bibNumber} is on ${target.provider.name}'s entry ${foreign.entryId} (${foreign.name ?? 'no name'}), which Trackside did not make. Take it out there, or change one of the bibs.`,
      participantId: desired.participantId,
      sourceParticipantId: desired.sourceParticipantId,
    })
    return []
  })
}

async function sendBatch(
  store: Store,
  target: Account,
  race: TargetRace,
  batch: readonly Ready[],
  progress: Progress,
): Promise<readonly Desired[]> {
  const { entries } = target.provider
  if (!entries) return []
  keepReceipts(
    store,
    target,
    race,
    batch
      .filter(({ desired }) => desired.receipt === null)
      .map(({ desired, entry }) => ({ desired, entryId: entry.entryId, hash: '' })),
  )
  const byKey = new Map(batch.map(({ desired }) => [desired.key, desired]))
  const accepted: { desired: Desired; entryId: string | null; hash: string }[] = []
  const refused: Desired[] = []
  const onOutcome = (outcome: PushOutcome): void => {
    const desired = byKey.get(outcome.key)
    if (!desired) return
    byKey.delete(outcome.key)
    if (outcome.ok) {
      accepted.push({ desired, entryId: outcome.entryId, hash: desired.hash })
      progress.add('pushedRecords')
      return
    }
    refused.push(desired)
    progress.refused({
      stage: 'push',
      code: outcome.code,
      message: outcome.message,
      participantId: desired.participantId,
      sourceParticipantId: desired.sourceParticipantId,
    })
  }
  try {
    await entries.push(
      target.context,
      race,
      batch.map(({ entry }) => entry),
      onOutcome,
    )
  } finally {
    keepReceipts(store, target, race, accepted)
    forgetUnsent(store, target, race, refused)
  }
  return accepted.map(({ desired }) => desired)
}
