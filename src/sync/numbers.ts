import { createHash } from 'node:crypto'
import { bibKey, chipKey } from '../core/identity.ts'
import type { Numbers } from '../core/model.ts'
import type { Provider } from '../providers/provider.ts'
import type { Reader } from '../store/reader.ts'
import type { Row } from '../store/tables.ts'

/** A registration as the provider has it now. */
export interface Held {
  readonly numbers: Numbers
  readonly active: boolean
}

/** Somebody whose numbers the crew decided, against what registration has. */
export interface WeighedNumbers {
  readonly participantId: string
  readonly sourceParticipantId: string
  readonly event: Row<'normalized_events'>
  readonly name: string
  readonly before: Numbers
  /** What is sent; what is null is left alone. Both null: they stand there as they do here. */
  readonly sent: Numbers
  /** Why they are not sent; null: they are. */
  readonly refusal: string | null
}

interface Decided {
  readonly participantId: string
  readonly key: string
  readonly name: string
  readonly bib: string | null
  readonly chips: string
  readonly bibDecided: 0 | 1
  readonly chipsDecided: 0 | 1
}

const DECIDED = (field: string): string =>
  `EXISTS (SELECT 1 FROM participant_overrides o WHERE o.participant_id = p.id AND o.withdrawn = 0 AND o.field = '${field}')`

/**
 * Numbers that the crew gave, of people whom registration knows: walk-ups are not there. A number that was taken away
 * here is never taken away there, for it may be all that somebody has.
 */
export function weighNumbers(
  reader: Reader,
  event: Row<'normalized_events'>,
  source: Provider,
  held: ReadonlyMap<string, Held>,
): readonly WeighedNumbers[] {
  const people = reader
    .all<Decided>(
      `SELECT p.id AS participantId, p.source_participant_id AS key,
       TRIM(COALESCE(e.first_name, '') || ' ' || COALESCE(e.last_name, '')) AS name, e.bib_number AS bib, e.chips,
       ${DECIDED('bib_number')} AS bibDecided, ${DECIDED('chips')} AS chipsDecided
       FROM normalized_participants p JOIN effective_participants e ON e.participant_id = p.id
       WHERE p.normalized_event_id = ? AND p.source_provider = ? AND p.successor_id IS NULL
       ORDER BY p.source_participant_id`,
      event.id,
      source.id,
    )
    .filter(({ bibDecided, chipsDecided }) => bibDecided === 1 || chipsDecided === 1)
  const weighed = people.flatMap((person): WeighedNumbers[] => {
    const there = held.get(person.key)
    if (there === undefined) return []
    const { participantId, key: sourceParticipantId, name } = person
    const chips: readonly string[] = person.chipsDecided === 1 ? JSON.parse(person.chips) : []
    const [chip = null, another] = chips
    const bib = person.bibDecided === 1 ? person.bib : null
    if (bib === null && chip === null) return []
    const hasChip = chips.some(one => sameChip(one, there.numbers.chip))
    const sent = {
      bib: bib === null || sameBib(bib, there.numbers.bib) ? null : bib.trim(),
      chip: hasChip || another !== undefined ? null : chip,
    }
    const about = { participantId, sourceParticipantId, event, name, before: there.numbers, sent }
    if (isNothing(sent)) {
      const several = !hasChip && another !== undefined
      return [{ ...about, refusal: several ? 'Several chips here, and room for one there' : null }]
    }
    const inactive = there.active ? null : 'It is no active registration there'
    return [{ ...about, refusal: inactive ?? source.writeBack?.problem(sent) ?? null }]
  })
  return withoutDoubles(weighed, held)
}

const sameBib = (one: string, other: string | null): boolean =>
  other !== null && bibKey(one) === bibKey(other)
const sameChip = (one: string, other: string | null): boolean =>
  other !== null && chipKey(one) === chipKey(other)

export const isNothing = ({ bib, chip }: Numbers): boolean => bib === null && chip === null

/**
 * Refuses what would give two people one bib or chip there. Who is refused keeps what he has, which may bar another: so
 * until nobody more is.
 */
function withoutDoubles(
  weighed: readonly WeighedNumbers[],
  held: ReadonlyMap<string, Held>,
): readonly WeighedNumbers[] {
  const takenBib = takenIn('bib', bibKey, weighed, held)
  const takenChip = takenIn('chip', chipKey, weighed, held)
  const next = weighed.map(one => ({ ...one, refusal: one.refusal ?? takenBib(one) ?? takenChip(one) }))
  const refused = (all: readonly WeighedNumbers[]): number =>
    all.filter(({ refusal }) => refusal !== null).length
  return refused(next) === refused(weighed) ? next : withoutDoubles(next, held)
}

function takenIn(
  field: keyof Numbers,
  keyOf: (number: string) => string,
  weighed: readonly WeighedNumbers[],
  held: ReadonlyMap<string, Held>,
): (one: WeighedNumbers) => string | null {
  const moving = new Map(
    weighed.flatMap(({ sourceParticipantId, sent, refusal }) =>
      sent[field] === null || refusal !== null ? [] : [[sourceParticipantId, keyOf(sent[field])] as const],
    ),
  )
  const given = Map.groupBy(moving.values(), key => key)
  const holders = new Map(
    [...held].flatMap(([registration, { numbers, active }]) =>
      active && numbers[field] !== null && !moving.has(registration)
        ? [[keyOf(numbers[field]), registration] as const]
        : [],
    ),
  )
  return ({ sourceParticipantId, sent, refusal }) => {
    const number = sent[field]
    if (number === null || refusal !== null) return null
    const holder = holders.get(keyOf(number))
    const what = field === 'bib' ? 'Bib' : 'Chip'
    if (holder !== undefined && holder !== sourceParticipantId)
      return `${what} ${number} is somebody else's there (registration ${holder})`
    return (given.get(keyOf(number)) ?? []).length > 1 ? `${what} ${number} is given to several here` : null
  }
}

/** What would be sent of all events, in one word: what somebody agreed to is known again by it. */
export const digestOf = (
  changes: readonly Pick<WeighedNumbers, 'participantId' | 'before' | 'sent'>[],
): string =>
  createHash('sha1')
    .update(
      JSON.stringify(
        changes
          .map(({ participantId, before, sent }) => [
            participantId,
            ...(sent.bib === null ? [null, null] : [before.bib, sent.bib]),
            ...(sent.chip === null ? [null, null] : [before.chip, sent.chip]),
          ])
          .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
      ),
    )
    .digest('base64')
