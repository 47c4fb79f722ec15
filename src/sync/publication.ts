import { createHash } from 'node:crypto'
import { foldName } from '../core/identity.ts'
import type { ResultPlace } from '../core/model.ts'
import type { Provider, PublishedResult, ResultToPublish } from '../providers/provider.ts'
import type { ConnectionRow } from '../store/connections.ts'
import type { Reader } from '../store/reader.ts'
import { decode, rowsWhere } from '../store/rows.ts'
import type { Row } from '../store/tables.ts'

/** How long a result must have rested: a runner who is told a time is not to be told another a minute later. */
export const REST_MS = 5 * 60_000

export type Receipt = Row<'publication_receipts'>
type Values = Readonly<Record<string, string>>

/** What is to become of a result. `left`: published, and scoring says otherwise than that it is one. */
export type Verdict =
  | { readonly kind: 'added' | 'unchanged' | 'too-fresh' | 'left' | 'not-yet' }
  | { readonly kind: 'corrected'; readonly resultId: string; readonly before: Values }
  /** The provider holds it as it is to be, and no receipt says so. */
  | { readonly kind: 'held'; readonly resultId: string }
  | { readonly kind: 'no-registration' | 'refused'; readonly message: string }

export interface Weighed {
  readonly row: Row<'normalized_results'>
  readonly result: ResultToPublish
  readonly name: string
  readonly values: Values
  readonly hash: string
  readonly receipt: Receipt | null
  readonly verdict: Verdict
}

const hashOf = (values: Values): string =>
  createHash('sha1')
    .update(JSON.stringify(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1))))
    .digest('base64')

interface Whose {
  readonly provider: string | null
  readonly key: string | null
  readonly bib: string | null
  readonly firstName: string | null
  readonly lastName: string | null
}

const WITH_PEOPLE = `SELECT r.*, p.source_provider AS person_provider, p.source_participant_id AS person_key,
  e.bib_number AS person_bib, e.first_name AS person_first, e.last_name AS person_last
  FROM normalized_results r LEFT JOIN normalized_participants p ON p.id = r.normalized_participant_id
  LEFT JOIN effective_participants e ON e.participant_id = r.normalized_participant_id`

interface RawWhose {
  readonly person_provider: string | null
  readonly person_key: string | null
  readonly person_bib: string | null
  readonly person_first: string | null
  readonly person_last: string | null
}

export interface WeighOptions {
  /** Where the provider keeps them, as far as it is known. */
  readonly place: ResultPlace | null
  /** What the provider holds; null: not asked. */
  readonly held: readonly PublishedResult[] | null
  /** Ms UTC: what changed in the five minutes before, or since, is too fresh. */
  readonly asOf: number
  /** SQL over `r`, the result, and its values; default all of the event. */
  readonly where?: { readonly sql: string; readonly values: readonly unknown[] }
}

/** An event's results against what the registration provider last accepted of them. */
export function weighResults(
  reader: Reader,
  connection: ConnectionRow,
  event: Row<'normalized_events'>,
  source: Provider,
  options: WeighOptions,
): readonly Weighed[] {
  const { sql = '1', values: given = [] } = options.where ?? {}
  const raws = reader.all<Record<string, unknown> & RawWhose>(
    `${WITH_PEOPLE} WHERE r.normalized_event_id = ? AND r.source_provider = ? AND ${sql}`,
    event.id,
    connection.targetProvider,
    ...given,
  )
  const receipts = new Map(
    rowsWhere(
      reader,
      'publication_receipts',
      'normalized_event_id = ? AND source_provider = ?',
      event.id,
      source.id,
    ).map(receipt => [receipt.resultId, receipt]),
  )
  const doubled = new Set(
    reader
      .all<{ id: string }>(
        `SELECT normalized_participant_id AS id FROM normalized_results
         WHERE normalized_event_id = ? AND source_provider = ? AND withdrawn_at IS NULL
         AND normalized_participant_id IS NOT NULL GROUP BY 1 HAVING COUNT(*) > 1`,
        event.id,
        connection.targetProvider,
      )
      .map(({ id }) => id),
  )
  const holderOf = bibHolders(reader, event)
  const heldFor = heldResults(options.held ?? [])
  return raws.map(raw => {
    const row = decode('normalized_results', raw)
    const whose: Whose = {
      provider: raw.person_provider,
      key: raw.person_key,
      bib: raw.person_bib,
      firstName: raw.person_first,
      lastName: raw.person_last,
    }
    const result = toPublish(row, whose, source)
    const values = source.publication?.sending?.values(result, options.place) ?? {}
    const about = {
      row,
      result,
      name: [result.firstName, result.lastName].filter(Boolean).join(' '),
      values,
      hash: hashOf(values),
      receipt: receipts.get(row.id) ?? null,
    }
    const trouble = troubleOf(row, result, doubled, holderOf)
    return { ...about, verdict: trouble ?? judge(about, heldFor(result), options.asOf) }
  })
}

const toPublish = (row: Row<'normalized_results'>, whose: Whose, source: Provider): ResultToPublish => ({
  key: row.id,
  sourceParticipantId: whose.provider === source.id ? whose.key : null,
  bib: whose.bib ?? row.bibNumber,
  firstName: whose.firstName,
  lastName: whose.lastName,
  overallPlace: row.overallPlace,
  gunTimeMs: row.gunTimeMs,
  chipTimeMs: row.chipTimeMs,
  splits: row.splitTimes ?? [],
  status: row.resultStatus,
})

/** By whom a bib is worn as the registration provider has it. */
function bibHolders(reader: Reader, event: Row<'normalized_events'>): (bib: string) => string | null {
  const people = reader.all<{ bib: string; name: string }>(
    `SELECT bib_number AS bib, TRIM(COALESCE(first_name, '') || ' ' || COALESCE(last_name, '')) AS name
     FROM normalized_participants WHERE normalized_event_id = ? AND source_provider = ? AND bib_number IS NOT NULL`,
    event.id,
    event.sourceProvider,
  )
  const names = new Map(people.map(({ bib, name }) => [bib, name]))
  return bib => names.get(bib) ?? null
}

const isResult = ({ withdrawnAt, resultStatus }: Row<'normalized_results'>): boolean =>
  withdrawnAt === null && resultStatus !== 'running' && resultStatus !== 'unknown'

/** A bib that the provider gives to somebody else would tell that runner another's time. */
function troubleOf(
  row: Row<'normalized_results'>,
  result: ResultToPublish,
  doubled: ReadonlySet<string>,
  holderOf: (bib: string) => string | null,
): Verdict | null {
  if (!isResult(row)) return null
  const person = row.normalizedParticipantId
  if (person === null)
    return { kind: 'no-registration', message: `Nobody here has bib ${row.bibNumber ?? '(none)'}` }
  if (doubled.has(person))
    return {
      kind: 'refused',
      message: 'Scoring has several results of this person. Take all but one out there',
    }
  if (result.sourceParticipantId !== null) return null
  const holder = result.bib === null ? null : holderOf(result.bib)
  if (holder !== null)
    return { kind: 'no-registration', message: `Not registered, and bib ${result.bib} is ${holder}'s there` }
  if (!result.firstName || !result.lastName)
    return { kind: 'no-registration', message: 'Not registered, and without a first and last name' }
  return null
}

/** What the provider holds of somebody: by registration, else by bib where the name says nothing else. */
function heldResults(
  held: readonly PublishedResult[],
): (result: ResultToPublish) => readonly PublishedResult[] {
  const byPerson = Map.groupBy(held, one => one.sourceParticipantId)
  const byBib = Map.groupBy(
    held.filter(one => one.sourceParticipantId === null),
    one => one.bib,
  )
  return result => {
    const own = result.sourceParticipantId === null ? [] : (byPerson.get(result.sourceParticipantId) ?? [])
    if (own.length > 0 || result.bib === null) return own
    const name = foldName(`${result.firstName ?? ''} ${result.lastName ?? ''}`)
    return (byBib.get(result.bib) ?? []).filter(one => one.name === null || foldName(one.name) === name)
  }
}

function judge(
  { row, values, hash, receipt }: Omit<Weighed, 'verdict'>,
  held: readonly PublishedResult[],
  asOf: number,
): Verdict {
  if (!isResult(row)) return { kind: receipt === null ? 'not-yet' : 'left' }
  if (receipt?.acceptedHash === hash) return { kind: 'unchanged' }
  const resultId = receipt?.publishedResultId ?? null
  // Without its id, or while nobody knows whether it was taken, what the provider holds decides.
  if (receipt === null || receipt.acceptedHash === '' || resultId === null) {
    const [found, another] = resultId === null ? held : held.filter(one => one.resultId === resultId)
    if (another)
      return { kind: 'refused', message: 'It has several results of this person. Take all but one out there' }
    if (found && same(found.values, values)) return { kind: 'held', resultId: found.resultId }
    if (row.changedAt > asOf - REST_MS) return { kind: 'too-fresh' }
    if (found) return { kind: 'corrected', resultId: found.resultId, before: found.values }
    if (resultId === null) return { kind: 'added' }
  }
  if (row.changedAt > asOf - REST_MS) return { kind: 'too-fresh' }
  return resultId === null
    ? { kind: 'added' }
    : { kind: 'corrected', resultId, before: receipt?.accepted ?? {} }
}

const same = (held: Values, values: Values): boolean =>
  Object.entries(held).every(([name, value]) => value === (values[name] ?? ''))

/** Whether what the provider holds must be known before anything is sent. */
export const inDoubt = ({ verdict, receipt }: Weighed): boolean =>
  verdict.kind === 'added' ||
  (receipt !== null && (receipt.acceptedHash === '' || receipt.publishedResultId === null))

export interface Change {
  readonly field: string
  readonly old: string | null
  readonly new: string | null
}

/** Fields whose words a correction changes. */
export function changesOf(before: Values, after: Values): Change[] {
  return [...new Set([...Object.keys(after), ...Object.keys(before)])]
    .filter(field => (before[field] ?? '') !== (after[field] ?? ''))
    .map(field => ({ field, old: before[field] || null, new: after[field] || null }))
}
