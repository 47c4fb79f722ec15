import { AppError } from '../core/errors.ts'
import type { PublishChoice, ResultPlace } from '../core/model.ts'
import type { Provider, PublishedResult } from '../providers/provider.ts'
import { type ConnectionRow, connectionEvent, connectionEventOf } from '../store/connections.ts'
import type { Store } from '../store/store.ts'
import type { Row } from '../store/tables.ts'
import type { Account } from './account.ts'
import { breath } from './breath.ts'
import { mayUse } from './evidence.ts'
import { freezeOf, heldByFreeze } from './freeze.ts'
import type { Held, Progress } from './operations.ts'
import { inDoubt, type Weighed, weighResults } from './publication.ts'
import { forgetDoubt, keepAccepted, keepDoubt } from './publication-receipts.ts'
import { eventRef } from './pull.ts'
import { linkResults } from './result-people.ts'

type EventRow = Row<'normalized_events'>
type SendingWay = NonNullable<NonNullable<Provider['publication']>['sending']>

/** Waits, or rejects when the signal ends it. */
export type Wait = (ms: number, signal: AbortSignal) => Promise<void>

/** What stands between two batches. */
export interface Sending {
  readonly wait: Wait
  /** Why nothing more is sent; null: it goes on. */
  readonly held: () => Held | null
}

/** @throws AppError provider.unsupported where results go as a file only */
export function sendingOf(provider: Provider): SendingWay {
  const sending = provider.publication?.sending
  if (sending) return sending
  throw new AppError(
    'provider.unsupported',
    provider.cannot?.publish ??
      `No way is known to send results to ${provider.name}. Download the file and import it there.`,
  )
}

interface Prepared {
  readonly place: ResultPlace | null
  readonly weighed: readonly Weighed[]
}

/**
 * What is to become of each result of an event: the one path of a preview and of a run. The provider is asked where its
 * results stand, and what it holds wherever this laptop does not know that.
 */
export async function weighPublication(
  store: Store,
  connection: ConnectionRow,
  event: EventRow,
  source: Account,
  asOf: number,
): Promise<Prepared> {
  const sending = sendingOf(source.provider)
  store.write(writer => linkResults(writer, event.id, connection.targetProvider))
  const place = await sending.place(source.context, eventRef(event), false)
  keepPlace(store, connection, event, place)
  const weigh = (held: readonly PublishedResult[] | null): readonly Weighed[] =>
    weighResults(store.read, connection, event, source.provider, { place, held, asOf })
  const first = weigh(null)
  const unread = connectionEventOf(store.read, connection.id, event.id)?.resultsReadAt == null
  const unsure = first.filter(inDoubt)
  if (place === null || unsure.length === 0) return { place, weighed: first }
  if (!unread && unsure.every(({ receipt }) => receipt === null)) return { place, weighed: first }
  const held: PublishedResult[] = []
  for await (const page of sending.readBack(source.context, eventRef(event), place)) held.push(...page.items)
  return { place, weighed: weigh(held) }
}

function keepPlace(
  store: Store,
  connection: ConnectionRow,
  event: EventRow,
  place: ResultPlace | null,
): void {
  store.write(writer => {
    const row = connectionEvent(writer, connection.id, event.id)
    if (JSON.stringify(row.resultsPlace) === JSON.stringify(place)) return
    const resultsReadAt = row.resultsPlace?.id === place?.id ? row.resultsReadAt : null
    const now = { clock: writer.clock, updatedAt: writer.at }
    writer.put('connection_events', { ...row, resultsPlace: place, resultsReadAt, ...now })
  })
}

/** From here on only receipts in doubt make it read again. */
function keepRead(store: Store, connection: ConnectionRow, event: EventRow): void {
  store.write(writer => {
    const row = connectionEvent(writer, connection.id, event.id)
    const now = { clock: writer.clock, updatedAt: writer.at }
    writer.put('connection_events', { ...row, resultsReadAt: writer.at, ...now })
  })
}

/** Whether a publication with this choice sends it. */
export const isSent = (
  { verdict }: Weighed,
  { includeCorrections }: Pick<PublishChoice, 'includeCorrections'>,
) => verdict.kind === 'added' || (includeCorrections && verdict.kind === 'corrected')

/**
 * Sends to registration what somebody agreed to: what rested by then, and corrections if they were asked for. Each batch
 * is written down before it leaves, so that one without an answer is read back and nobody is published, or told, twice.
 */
export async function publishResults(
  store: Store,
  connection: ConnectionRow,
  event: EventRow,
  source: Account,
  choice: PublishChoice,
  { wait, held }: Sending,
  progress: Progress,
): Promise<void> {
  const sending = sendingOf(source.provider)
  if (!mayUse(store.read, connection, source, 'publish'))
    throw new AppError(
      'provider.unconfirmed',
      `Nobody has confirmed how ${source.provider.name} takes results. Allow it in the connection, or use the file.`,
    )
  const { place: known, weighed } = await weighPublication(store, connection, event, source, choice.asOf)
  keepAccepted(
    store,
    connection,
    weighed.flatMap(one =>
      one.verdict.kind === 'held' ? [{ weighed: one, resultId: one.verdict.resultId }] : [],
    ),
  )
  for (const one of weighed) if (one.verdict.kind === 'refused') refuse(progress, one, one.verdict.message)
  const sent = weighed.filter(one => isSent(one, choice))
  progress.step(
    `Sending ${sent.length} results of ${event.eventName} to ${source.provider.name}`,
    sent.length,
  )
  if (sent.length === 0) return
  const frozen = freezeOf(store.read)
  if (frozen !== null) return progress.hold(sent.length, heldByFreeze(frozen))
  const elsewhere = held()
  if (elsewhere !== null) return progress.hold(sent.length, elsewhere)
  const place = known ?? (await sending.place(source.context, eventRef(event), true))
  if (place === null)
    throw new AppError('provider.unreadable', `${source.provider.name} has no place for results`)
  keepPlace(store, connection, event, place)
  keepRead(store, connection, event)
  for (let start = 0; start < sent.length; start += sending.batch) {
    const { signal } = source.context
    if (start > 0) await wait(sending.pauseMs, signal)
    signal.throwIfAborted()
    const frozenNow = freezeOf(store.read)
    if (frozenNow !== null) return progress.hold(sent.length - start, heldByFreeze(frozenNow))
    const elsewhereNow = held()
    if (elsewhereNow !== null) return progress.hold(sent.length - start, elsewhereNow)
    await sendBatch(
      store,
      connection,
      event,
      source,
      place,
      sent.slice(start, start + sending.batch),
      progress,
    )
    progress.save()
    await breath()
  }
}

async function sendBatch(
  store: Store,
  connection: ConnectionRow,
  event: EventRow,
  source: Account,
  place: ResultPlace,
  batch: readonly Weighed[],
  progress: Progress,
): Promise<void> {
  const sending = sendingOf(source.provider)
  const byKey = new Map(batch.map(one => [one.result.key, one]))
  const rows = batch.map(({ result, values, verdict }) => ({
    key: result.key,
    resultId: verdict.kind === 'corrected' ? verdict.resultId : null,
    values,
  }))
  keepDoubt(store, connection, batch)
  const outcomes = await sending.publish(source.context, eventRef(event), place, rows)
  const accepted: { readonly weighed: Weighed; readonly resultId: string | null }[] = []
  const refused: Weighed[] = []
  for (const outcome of outcomes) {
    const weighed = byKey.get(outcome.key)
    if (weighed === undefined) continue
    progress.add('processedRecords')
    if (outcome.ok) {
      accepted.push({ weighed, resultId: outcome.resultId })
      progress.add('pushedRecords')
      continue
    }
    refused.push(weighed)
    refuse(progress, weighed, outcome.message)
  }
  keepAccepted(store, connection, accepted)
  forgetDoubt(store, connection, refused)
}

const refuse = (progress: Progress, { row, result, name }: Weighed, message: string): void =>
  progress.refused({
    stage: 'push',
    code: 'result.refused',
    message: `${[result.bib, name].filter(Boolean).join(' ')}: ${message}`,
    participantId: row.normalizedParticipantId,
    sourceParticipantId: result.sourceParticipantId,
  })
