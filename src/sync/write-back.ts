import { AppError } from '../core/errors.ts'
import type { Json } from '../core/runtime.ts'
import type { Provider } from '../providers/provider.ts'
import { type ConnectionRow, connectionEventOf, scoredEvents } from '../store/connections.ts'
import { rowsWhere } from '../store/rows.ts'
import type { Store } from '../store/store.ts'
import type { Row } from '../store/tables.ts'
import type { Account } from './account.ts'
import { breath } from './breath.ts'
import { mayUse } from './evidence.ts'
import { freezeOf, heldByFreeze } from './freeze.ts'
import { answersOf, keepAnswers, settleDoubt } from './number-receipts.ts'
import { digestOf, type Held, isNothing, type WeighedNumbers, weighNumbers } from './numbers.ts'
import type { Progress } from './operations.ts'
import type { Sending } from './publish.ts'
import { eventRef } from './pull.ts'

type EventRow = Row<'normalized_events'>

/** @throws AppError provider.unsupported */
export function writeBackOf(provider: Provider): NonNullable<Provider['writeBack']> {
  if (provider.writeBack) return provider.writeBack
  throw new AppError('provider.unsupported', `No way is known to write bibs to ${provider.name}.`)
}

const participantsOf = (provider: Provider): NonNullable<Provider['participants']> => {
  if (provider.participants) return provider.participants
  throw new AppError('provider.unsupported', `${provider.name} gives no participants.`)
}

/** What registration has now: what is stored, and what changed since that was fetched. Nothing of it is stored. */
async function heldNumbers(
  store: Store,
  connection: ConnectionRow,
  event: EventRow,
  source: Account,
): Promise<ReadonlyMap<string, Held>> {
  const { pull, normalize } = participantsOf(source.provider)
  const held = new Map<string, Held>()
  const take = (item: Json): void => {
    const { sourceParticipantId, values } = normalize(item)
    const { bib_number: bib, chips, registration_status: status } = values
    held.set(sourceParticipantId, {
      numbers: { bib, chip: chips[0] ?? null },
      active: status === 'registered',
    })
  }
  const known = rowsWhere(
    store.read,
    'normalized_participants',
    'normalized_event_id = ? AND source_provider = ?',
    event.id,
    source.provider.id,
  )
  for (const { normalizedData, registrationStatus } of known)
    if (normalizedData !== null && registrationStatus !== 'gone') take(normalizedData)
  const since = connectionEventOf(store.read, connection.id, event.id)?.cursor ?? null
  for await (const page of pull(source.context, eventRef(event), since)) page.items.forEach(take)
  return held
}

/** Of all events that go to scoring: the one path of a preview and of a run. */
export async function weighWriteBack(
  store: Store,
  connection: ConnectionRow,
  source: Account,
): Promise<readonly WeighedNumbers[]> {
  const weighed: WeighedNumbers[] = []
  for (const event of scoredEvents(store.read, connection, source.context.clock())) {
    const held = await heldNumbers(store, connection, event, source)
    weighed.push(...weighNumbers(store.read, event, source.provider, held))
  }
  return weighed
}

export const toSend = (weighed: readonly WeighedNumbers[]): readonly WeighedNumbers[] =>
  weighed.filter(({ sent, refusal }) => refusal === null && !isNothing(sent))

/**
 * Writes the numbers that somebody agreed to, each once; what was sent before it was cut counts among them. At the end
 * they are read again: a provider may pass over what it does not take without a word.
 * @throws AppError conflict when they are others by now
 */
export async function writeBack(
  store: Store,
  connection: ConnectionRow,
  source: Account,
  agreed: string,
  { wait, held }: Sending,
  progress: Progress,
): Promise<void> {
  const { provider, context } = source
  const { batch: size, pauseMs, write } = writeBackOf(provider)
  if (!mayUse(store.read, connection, source, 'write-back'))
    throw new AppError(
      'provider.unconfirmed',
      `Nobody has confirmed how ${provider.name} takes bibs. Allow it in the connection.`,
    )
  progress.step(`Asking ${provider.name} which bibs it has`)
  const operationId = progress.row().id
  const before = answersOf(store, operationId)
  const sentBefore = new Set(before.map(({ participantId }) => participantId))
  const refusedBefore = before.filter(({ outcome }) => outcome === 'refused')
  const due = toSend(await weighWriteBack(store, connection, source)).filter(
    one => !refusedBefore.some(({ participantId }) => participantId === one.participantId),
  )
  if (digestOf([...before, ...due.filter(one => !sentBefore.has(one.participantId))]) !== agreed)
    throw new AppError(
      'conflict',
      'Bibs or chips have changed since somebody looked. Look again, then write.',
    )
  progress.step(`Writing ${due.length} registrations to ${provider.name}`, due.length)
  for (let start = 0; start < due.length; start += size) {
    if (start > 0) await wait(pauseMs, context.signal)
    context.signal.throwIfAborted()
    const frozen = freezeOf(store.read)
    if (frozen !== null) return progress.hold(due.length - start, heldByFreeze(frozen))
    const elsewhere = held()
    if (elsewhere !== null) return progress.hold(due.length - start, elsewhere)
    const batch = due.slice(start, start + size)
    keepAnswers(
      store,
      provider.id,
      operationId,
      batch.map(weighed => ({ weighed, outcome: 'in-doubt', message: null })),
    )
    for (const [event, ofEvent] of Map.groupBy(batch, one => one.event)) {
      const outcomes = await write(
        context,
        eventRef(event),
        ofEvent.map(({ sourceParticipantId, sent }) => ({ sourceParticipantId, ...sent })),
      )
      settle(store, provider, ofEvent, progress, key => {
        const outcome = outcomes.find(one => one.sourceParticipantId === key)
        return outcome === undefined || outcome.ok ? null : outcome.message
      })
    }
    progress.add('processedRecords', batch.length)
    progress.save()
    await breath()
  }
  await readBack(store, connection, source, progress)
}

/** Who still has other numbers there than were sent is refused after all. */
async function readBack(
  store: Store,
  connection: ConnectionRow,
  source: Account,
  progress: Progress,
): Promise<void> {
  const { provider } = source
  const operationId = progress.row().id
  const answers = new Map(answersOf(store, operationId).map(row => [row.participantId, row.outcome]))
  if (answers.size === 0) return
  progress.step(`Reading back what ${provider.name} has`)
  const left = toSend(await weighWriteBack(store, connection, source))
  progress.add('pushedRecords', settleDoubt(store, operationId, new Set(left.map(one => one.participantId))))
  const ignored = left.filter(one => answers.get(one.participantId) === 'accepted')
  progress.add('pushedRecords', -ignored.length)
  settle(store, provider, ignored, progress, () => `${provider.name} took it and holds something else`)
}

/** What was said of each is kept. @param refusalOf null: accepted */
function settle(
  store: Store,
  provider: Provider,
  batch: readonly WeighedNumbers[],
  progress: Progress,
  refusalOf: (key: string) => string | null,
): void {
  const answers = batch.map(weighed => {
    const message = refusalOf(weighed.sourceParticipantId)
    return { weighed, outcome: message === null ? ('accepted' as const) : ('refused' as const), message }
  })
  keepAnswers(store, provider.id, progress.row().id, answers)
  for (const { weighed, message } of answers) {
    if (message === null) {
      progress.add('pushedRecords')
      continue
    }
    const { participantId, sourceParticipantId, name } = weighed
    const code = 'numbers.refused'
    progress.refused({
      stage: 'push',
      code,
      message: `${name}: ${message}`,
      participantId,
      sourceParticipantId,
    })
  }
}
