import type { Connection, ProviderInfo } from '../../api/connections.ts'
import type { Operation } from '../../api/sync.ts'
import { count, counted } from './numbers.ts'
import { discrepancy } from './reconciliation.ts'
import type { Said } from './said.ts'
import { duration, inFuture, moment } from './time.ts'

const STATUS: Readonly<Record<Operation['status'], Said>> = {
  pending: { tone: 'info', words: 'waits its turn' },
  running: { tone: 'info', words: 'running' },
  waiting: { tone: 'warn', words: 'waiting' },
  held: { tone: 'warn', words: 'held' },
  'needs-a-look': { tone: 'warn', words: 'needs a look' },
  completed: { tone: 'good', words: 'completed' },
  failed: { tone: 'bad', words: 'failed' },
  cancelled: { tone: 'warn', words: 'cancelled' },
}

/** An operation's status in words; one this window does not know is shown as it is. */
export const statusInWords = (status: string): Said =>
  (STATUS as Readonly<Record<string, Said>>)[status] ?? { tone: 'plain', words: status }

/** A connection in one or two words. */
export function healthInWords(connection: Connection): Said {
  if (connection.running) return statusInWords(connection.running.status)
  const last = connection.recent[0]
  if (!connection.autoSyncEnabled) return { tone: 'warn', words: 'paused' }
  if (!last) return { tone: 'plain', words: 'never run' }
  if (last.status === 'completed') return { tone: 'good', words: 'in step' }
  return statusInWords(last.status)
}

export type Running = NonNullable<Connection['running']>

/** "Sending entries · 3,104 of 5,000". */
export function progressInWords(running: Running): string {
  if (running.status === 'pending') return 'Waits its turn'
  // Why stands beside it.
  if (running.status === 'waiting')
    return running.total === null
      ? `${count(running.processed)} so far`
      : `${count(running.processed)} of ${count(running.total)} so far`
  const step = running.step ?? 'Starting'
  if (running.total !== null) return `${step} · ${count(running.processed)} of ${count(running.total)}`
  return running.processed > 0 ? `${step} · ${count(running.processed)}` : step
}

const STILL_MS = 5000

/** "nothing new for 12 s", of a run that does not say itself why it stands; null: not worth a word. */
export const stillInWords = ({ status }: Running, ms: number): string | null =>
  status === 'running' && ms >= STILL_MS ? `nothing new for ${duration(ms)}` : null

/** The last run that brought or sent people; results and comparisons are no state of a connection. */
export const lastSync = (operations: readonly Operation[] | undefined): Operation | undefined =>
  operations?.find(({ operationType }) => operationType === 'events' || operationType === 'participants')

/** Ended or not, what an operation did: "12 added, 3 changed, 15 pushed". */
export function outcomeInWords(operation: Operation): string {
  if (operation.discrepancyPercent !== null)
    return `${discrepancy(operation.discrepancyPercent)} not the same in both systems`
  const parts = [
    operation.addedRecords > 0 ? `${count(operation.addedRecords)} added` : '',
    operation.changedRecords > 0 ? `${count(operation.changedRecords)} changed` : '',
    operation.goneRecords > 0 ? `${count(operation.goneRecords)} gone` : '',
    operation.pushedRecords > 0 ? `${count(operation.pushedRecords)} pushed` : '',
    operation.heldRecords > 0 ? `${count(operation.heldRecords)} held` : '',
    operation.errorRecords > 0 ? `${count(operation.errorRecords)} refused` : '',
  ].filter(Boolean)
  if (parts.length > 0) return parts.join(', ')
  return operation.status === 'completed' ? 'nothing new' : ''
}

const RUNS: Readonly<Record<Operation['operationType'], string>> = {
  events: 'events, ',
  participants: 'registrations, ',
  results: 'results, ',
  publish: 'publication, ',
  'write-back': 'bibs written back, ',
  reconcile: 'reconciliation, ',
}

/** What a run was of, before who began it. */
export const runOf = ({ operationType }: Operation): string => RUNS[operationType]

const TRIGGERS: Readonly<Record<Operation['triggerType'], string>> = {
  manual: 'by hand',
  scheduled: 'by schedule',
  retry: 'again',
}

/** What had it begin; who did stands beside it. */
export const triggerInWords = ({ triggerType }: Operation): string => TRIGGERS[triggerType]

/** What a held operation waits for. */
export function heldInWords({ heldRecords, errorCode, errorMessage }: Operation): string {
  return errorCode === 'provider.unconfirmed' || errorMessage === null
    ? `${counted(heldRecords, 'entry waits', 'entries wait')}: download the import file or allow the push.`
    : errorMessage
}

/** Why an operation stands still, for the ones that go on by themselves. */
export function waitingInWords(operation: Operation, now: number): string {
  const why = operation.errorMessage ?? 'Waits for the network'
  return operation.resumeAt === null ? why : `${why} · goes on ${inFuture(operation.resumeAt, now)}`
}

/** "Last 07:12, next in 22 s". */
export function runsInWords(connection: Connection, zone: string, now: number): string {
  const last =
    connection.lastSyncAt === null ? 'Never run' : `Last ${moment(connection.lastSyncAt, zone, now)}`
  if (!connection.autoSyncEnabled) return `${last} · schedule off`
  return connection.nextSyncAt === null
    ? `${last} · no next run scheduled`
    : `${last} · next ${inFuture(connection.nextSyncAt, now)}`
}

/** Whether a provider does one of an adapter's operations. */
export const doesAbility = (provider: ProviderInfo | undefined, ability: string): boolean =>
  provider?.abilities.some(one => one.ability === ability && one.does) ?? false

/** A provider by what it calls itself; one this engine does not know keeps its id. */
export const providerName = (providers: readonly ProviderInfo[], id: string): string =>
  providers.find(provider => provider.id === id)?.name ?? id

export const pairName = (providers: readonly ProviderInfo[], connection: Connection): string =>
  `${providerName(providers, connection.sourceProvider)} → ${providerName(providers, connection.targetProvider)}`

const OPERATIONS: Readonly<Record<string, string>> = {
  check: 'the test of the keys',
  events: 'reading events',
  participants: 'reading registrations',
  'ensure-event': 'finding where entries go',
  push: 'sending entries',
  'read-back': 'reading entries back',
  file: 'the import file',
  results: 'reading results',
  publish: 'sending results',
  'results-file': 'the file of results',
}

/** What nobody has confirmed of a provider: "Inferred, confirmed by nobody: sending entries." Null: nothing. */
export function inferredInWords(provider: ProviderInfo): string | null {
  const inferred = Object.keys(provider.evidence).filter(operation => isInferred(provider, operation))
  if (inferred.length === 0) return null
  return `Inferred, confirmed by nobody: ${inferred.map(operation => OPERATIONS[operation] ?? operation).join(', ')}.`
}

/** How an operation that nobody had confirmed was seen to work with a connection's account; null: it was not. */
export const confirmedHere = (
  connection: Connection,
  side: 'source' | 'target',
  operation: string,
): Connection['confirmed'][number] | null =>
  connection.confirmed.find(one => one.side === side && one.operation === operation) ?? null

/** An operation of the provider that nobody has confirmed works as we do it. */
export const isInferred = (provider: ProviderInfo | undefined, operation: string): boolean =>
  provider?.evidence[operation] === 'inferred'
