import { foldName } from '../core/identity.ts'
import type { MappingConfig } from '../core/mapping.ts'
import type { Provider } from '../providers/provider.ts'
import type { ConnectionRow } from '../store/connections.ts'
import { BY_HAND } from '../store/participant-columns.ts'
import type { Reader } from '../store/reader.ts'
import type { Row } from '../store/tables.ts'
import { type Desired, desiredOf, isDue, refusalOf } from './entries.ts'
import type { Fetched } from './preview-fetched.ts'
import { firstOf } from './preview-rows.ts'

type EventRow = Row<'normalized_events'>

export interface PreviewRow {
  readonly participantId: string
  readonly name: string
  readonly bibNumber: string | null
  readonly eventName: string
}

export interface Change {
  readonly field: string
  readonly old: unknown
  readonly new: unknown
}

export interface Part<extra = unknown> {
  readonly count: number
  readonly rows: (PreviewRow & extra)[]
}

/** What would become of everybody. */
export interface Outcomes {
  readonly added: Part
  readonly changed: Part<{ readonly changes: Change[] }>
  readonly gone: Part
  readonly conflicting: Part<{ readonly message: string }>
  readonly refused: Part<Refusal>
  readonly unchanged: number
}

interface Refusal {
  readonly code: string
  readonly field: string | null
  readonly message: string
}

type Outcome =
  | { readonly kind: 'added' | 'unchanged' | 'gone' }
  | { readonly kind: 'changed'; readonly changes: Change[] }
  | { readonly kind: 'refused'; readonly refusal: Refusal }

interface Seen {
  readonly row: PreviewRow
  readonly eventId: string
  readonly order: string
  readonly outcome: Outcome
}

export interface PeopleSeen {
  /** Looks at some people of an event anew: what was seen of them before is forgotten. */
  look(reader: Reader, event: EventRow, ids: readonly string[]): void
  /** Of an event. A walk-up that is taken back leaves nothing behind that says so. */
  walkUps(eventId: string): readonly string[]
  outcomes(unreadable: readonly Fetched[]): Outcomes
}

export function createPeopleSeen(offered: {
  readonly connection: ConnectionRow
  readonly target: Provider
  readonly mapping: MappingConfig
}): PeopleSeen {
  const { target } = offered
  const people = new Map<string, Seen>()
  const walkUps = new Map<string, string>()
  /** Bibs that the crew decided and that the source gives otherwise: the crew's count, and it is said. */
  const decided = new Map<string, Seen & { readonly message: string }>()

  const seenOf = (
    event: EventRow,
    id: string,
    name: string,
    bibNumber: string | null,
    outcome: Outcome,
  ): Seen => ({
    row: { participantId: id, name, bibNumber, eventName: event.eventName },
    eventId: event.id,
    // Of one name there may be many.
    order: `${foldName(name)}|${id}`,
    outcome,
  })

  return {
    look(reader, event, ids) {
      for (const id of ids) {
        people.delete(id)
        walkUps.delete(id)
        decided.delete(id)
      }
      for (const person of desiredOf(reader, { ...offered, event }, ids)) {
        const { participantId: id, name, bibNumber } = person
        people.set(id, seenOf(event, id, name, bibNumber, outcomeOf(person, target)))
        if (person.key.startsWith(`${BY_HAND}:`)) walkUps.set(id, event.id)
      }
      for (const { id, name, bib } of leftThere(reader, event, target, ids))
        people.set(id, seenOf(event, id, name, bib, { kind: 'gone' }))
      for (const { id, name, bib, said, by } of otherwiseAtSource(reader, event, ids)) {
        const message = `Bib is ${said} at the source, ${bib ?? 'none'} by ${by}. The crew's counts.`
        decided.set(id, { ...seenOf(event, id, name, bib, { kind: 'unchanged' }), message })
      }
    },
    walkUps: eventId => [...walkUps].filter(([, event]) => event === eventId).map(([id]) => id),
    outcomes(fetched) {
      const added = firstOf<PreviewRow>()
      const changed = firstOf<PreviewRow & { readonly changes: Change[] }>()
      const gone = firstOf<PreviewRow>()
      const conflicting = firstOf<PreviewRow & { readonly message: string }>()
      const refused = firstOf<PreviewRow & Refusal>()
      let unchanged = 0
      for (const { event, refused: errors } of fetched) {
        const nobody = { participantId: event.id, name: '(unreadable)', bibNumber: null, field: null }
        for (const error of errors)
          refused.offer('', () => ({ ...nobody, eventName: event.eventName, ...error }))
      }
      const byBib = new Map<string, Seen[]>()
      for (const seen of people.values()) {
        const { row, order, outcome } = seen
        switch (outcome.kind) {
          case 'unchanged':
            unchanged += 1
            break
          case 'added':
            added.offer(order, () => row)
            break
          case 'gone':
            gone.offer(order, () => row)
            break
          case 'changed':
            changed.offer(order, () => ({ ...row, changes: outcome.changes }))
            break
          case 'refused':
            refused.offer(order, () => ({ ...row, ...outcome.refusal }))
        }
        if (row.bibNumber === null || outcome.kind === 'gone') continue
        const bib = `${seen.eventId}|${row.bibNumber}`
        const others = byBib.get(bib)
        if (others === undefined) byBib.set(bib, [seen])
        else others.push(seen)
      }
      for (const same of byBib.values()) {
        if (same.length < 2) continue
        same.sort((one, other) => (one.order < other.order ? -1 : 1))
        for (const { row, order } of same)
          conflicting.offer(order, () => {
            const others = same.filter(other => other.row !== row).map(other => other.row.name)
            return { ...row, message: `Bib ${row.bibNumber} is also ${others.join(', ')}` }
          })
      }
      for (const { row, order, message } of decided.values())
        conflicting.offer(order, () => ({ ...row, message }))
      return {
        added: added.part(),
        changed: changed.part(),
        gone: gone.part(),
        conflicting: conflicting.part(),
        refused: refused.part(),
        unchanged,
      }
    },
  }
}

function outcomeOf(person: Desired, target: Provider): Outcome {
  const refusal = refusalOf(person, target)
  if (refusal !== null) return { kind: 'refused', refusal }
  if (!isDue(person)) return { kind: 'unchanged' }
  if (person.receipt === null || person.receipt.acceptedHash === '') return { kind: 'added' }
  return { kind: 'changed', changes: changesOf(person) }
}

function changesOf(person: Desired): Change[] {
  const before = person.receipt?.accepted ?? {}
  const fields = new Set([...Object.keys(before), ...Object.keys(person.values)])
  return [...fields]
    .filter(field => before[field] !== person.values[field])
    .map(field => ({ field, old: before[field] ?? null, new: person.values[field] ?? null }))
}

interface Named {
  readonly id: string
  readonly name: string
  readonly bib: string | null
}

/** Those whom the target holds though they are no longer registered. */
const leftThere = (
  reader: Reader,
  event: EventRow,
  target: Provider,
  ids: readonly string[],
): readonly Named[] =>
  reader.all(
    `SELECT e.participant_id AS id, e.bib_number AS bib, concat_ws(' ', e.first_name, e.last_name) AS name
     FROM json_each(?) j CROSS JOIN effective_participants e ON e.participant_id = j.value
     WHERE e.normalized_event_id = ? AND e.registration_status <> 'registered' AND EXISTS (
       SELECT 1 FROM push_receipts r
       WHERE r.participant_id = e.participant_id AND r.target_provider = ? AND r.accepted_hash <> '')`,
    JSON.stringify(ids),
    event.id,
    target.id,
  )

interface Otherwise extends Named {
  readonly said: string
  readonly by: string
}

function otherwiseAtSource(reader: Reader, event: EventRow, ids: readonly string[]): readonly Otherwise[] {
  const rows = reader.all<Otherwise & { readonly value: string | null }>(
    `SELECT p.id, concat_ws(' ', p.first_name, p.last_name) AS name, p.bib_number AS said, o.value, o.decided_by AS "by"
     FROM json_each(?) j CROSS JOIN participant_overrides o ON o.participant_id = j.value
     CROSS JOIN normalized_participants p ON p.id = o.participant_id
     WHERE o.field = 'bib_number' AND o.withdrawn = 0
       AND p.normalized_event_id = ? AND p.bib_number IS NOT NULL AND p.bib_retained = 0`,
    JSON.stringify(ids),
    event.id,
  )
  return rows.flatMap(row => {
    const value: unknown = row.value === null ? null : JSON.parse(row.value)
    return value === row.said ? [] : [{ ...row, bib: typeof value === 'string' ? value : null }]
  })
}
