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
    const chips: readonly string[] = JSON.parse(person.chips)
    const [chip = null, another] = person.chipsDecided === 1 ? chips : []
    const bib = person.bibDecided === 1 ? person.bib : null
    const sent = {
      bib: bib === null || sameBib(bib, there.numbers.bib) ? null : bib.trim(),
      chip: chip === null || another !== undefined || sameChip(chip, there.numbers.chip) ? null : chip,
    }
    const about = { participantId, sourceParticipantId, event, name, before: there.numbers, sent }
    const inactive = there.active || isNothing(sent) ? null : 'It is no active registration there'
    return [{ ...about, refusal: inactive ?? source.writeBack?.problem(sent) ?? null }]
  })
  const takenBy = bibsTaken(weighed, held)
  return weighed.map(one => ({ ...one, refusal: one.refusal ?? takenBy(one) }))
}

const sameBib = (one: string, other: string | null): boolean =>
  other !== null && bibKey(one) === bibKey(other)
const sameChip = (one: string, other: string | null): boolean =>
  other !== null && chipKey(one) === chipKey(other)

export const isNothing = ({ bib, chip }: Numbers): boolean => bib === null && chip === null

/** Says of a bib that somebody else has there, and keeps: then two would have it. */
function bibsTaken(
  weighed: readonly WeighedNumbers[],
  held: ReadonlyMap<string, Held>,
): (one: WeighedNumbers) => string | null {
  const moving = new Set(
    weighed
      .filter(({ sent, refusal }) => sent.bib !== null && refusal === null)
      .map(one => one.sourceParticipantId),
  )
  const staying = [...held].flatMap(([key, { numbers, active }]) =>
    active && numbers.bib !== null && !moving.has(key) ? [[bibKey(numbers.bib), key] as const] : [],
  )
  const holderOf = new Map(staying)
  return ({ sent: { bib } }) => {
    const holder = bib === null ? undefined : holderOf.get(bibKey(bib))
    return holder === undefined ? null : `Bib ${bib} is somebody else's there (registration ${holder})`
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
