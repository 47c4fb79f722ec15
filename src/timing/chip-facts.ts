import { bibKey } from '../core/identity.ts'
import { bibsOfChip, type Candidate, type ChipFacts } from '../core/linking.ts'
import type { Reader } from '../store/reader.ts'
import type { LinkScope } from './link-facts.ts'

// Who wears which bib and chip. A start brings hundreds of chips at once that nobody has seen before, so that all are
// asked for together: one by one, asking took longer than everything else a read needs.

interface PersonRow {
  readonly id: string
  readonly eventId: string
  readonly status: string
  readonly bibDecidedAt: number | null
  readonly successorId: string | null
}

/** Somebody, found by a bib or a chip. */
type FoundRow = PersonRow & { readonly key: string }

/** One list for all who have none: facts of 100,000 chips are remembered. */
const NO_ONE: readonly never[] = []

type People = ReadonlyMap<string, readonly Candidate[]>

const PERSON = `e.participant_id AS id, e.normalized_event_id AS eventId, e.registration_status AS status,
  e.bib_decided_at AS bibDecidedAt, n.successor_id AS successorId`

const BY_ID = `SELECT ${PERSON} FROM effective_participants e JOIN normalized_participants n ON n.id = e.participant_id
  WHERE e.participant_id = ?`

const BY_BIB = `SELECT j.value AS key, ${PERSON} FROM json_each(?) j
  CROSS JOIN effective_participants e ON e.bib_key = j.value
  CROSS JOIN normalized_participants n ON n.id = e.participant_id`

const BY_CHIP = `SELECT j.value AS key, ${PERSON} FROM json_each(?) j
  CROSS JOIN participant_chips c ON c.chip = j.value
  CROSS JOIN effective_participants e ON e.participant_id = c.participant_id
  CROSS JOIN normalized_participants n ON n.id = e.participant_id`

const BIBS_OF_CHIPS = `SELECT DISTINCT j.value AS chip, b.bib_number AS bib FROM json_each(?) j
  CROSS JOIN bib_chips b ON b.chip = j.value AND b.race_day_id = ? AND b.removed = 0`

const candidateOf = (row: PersonRow): Candidate => ({
  participantId: row.id,
  normalizedEventId: row.eventId,
  registered: row.status === 'registered',
  bibDecidedAt: row.bibDecidedAt,
})

/** Who somebody has become: after a transfer, or when a walk-up was joined. Within the scope, if there is one. */
function followed(reader: Reader, row: PersonRow, scope: LinkScope | null): PersonRow {
  let last = row
  for (let step = 0; step < 10 && last.successorId !== null; step++) {
    const next = reader.get<PersonRow>(BY_ID, last.successorId)
    if (!next || (scope && !scope.eventIds.has(next.eventId))) break
    last = next
  }
  return last
}

/** Somebody the crew named, wherever a transfer has led them. */
export function linkPerson(reader: Reader, participantId: string): Candidate {
  const row = reader.get<PersonRow>(BY_ID, participantId)
  if (row) return candidateOf(followed(reader, row, null))
  return { participantId, normalizedEventId: null, registered: true, bibDecidedAt: null }
}

const eachOnce = (people: readonly Candidate[]): readonly Candidate[] =>
  people.length < 2 ? people : [...new Map(people.map(one => [one.participantId, one])).values()]

/** Those of the scope, by what they were found by. A bib or a chip has few people over all events. */
function found(reader: Reader, scope: LinkScope, sql: string, keys: readonly string[]): People {
  const people = new Map<string, readonly Candidate[]>()
  if (keys.length === 0) return people
  for (const row of reader.all<FoundRow>(sql, JSON.stringify(keys))) {
    if (!scope.eventIds.has(row.eventId)) continue
    const one = candidateOf(followed(reader, row, scope))
    people.set(row.key, eachOnce([...(people.get(row.key) ?? []), one]))
  }
  return people
}

/** Who wears a bib, compared by bibKey. */
export const bibWearers = (reader: Reader, scope: LinkScope, bib: string): readonly Candidate[] =>
  found(reader, scope, BY_BIB, [bibKey(bib)]).get(bibKey(bib)) ?? []

/** The bibs that a supplier put chips on, by chip. */
function suppliedBibs(reader: Reader, scope: LinkScope, chips: readonly string[]): Map<string, Set<string>> {
  const bibs = new Map<string, Set<string>>()
  const list = JSON.stringify(chips)
  for (const raceDayId of scope.raceDayIds) {
    for (const { chip, bib } of reader.all<{ chip: string; bib: string }>(BIBS_OF_CHIPS, list, raceDayId)) {
      bibs.set(chip, (bibs.get(chip) ?? new Set()).add(bibKey(bib)))
    }
  }
  return bibs
}

/** All that is known of chips (chipKey) in a scope, by chip. */
export function chipFacts(
  reader: Reader,
  scope: LinkScope,
  chips: readonly string[],
): ReadonlyMap<string, ChipFacts> {
  const supplied = suppliedBibs(reader, scope, chips)
  const owners = found(reader, scope, BY_CHIP, chips)
  const bibOf = new Map(chips.filter(chip => !supplied.has(chip)).map(chip => [chip, bibKey(chip)]))
  const bibs = new Set([...bibOf.values(), ...[...supplied.values()].flatMap(each => [...each])])
  const wearers = found(reader, scope, BY_BIB, [...bibs])
  // Nobody wears the number as it is: somebody may with leading zeros.
  const unworn = [...bibOf].flatMap(([chip, bib]) => (wearers.has(bib) ? [] : bibsOfChip(chip)))
  const padded = found(reader, scope, BY_BIB, [...new Set(unworn)])
  const namesakes = (chip: string, bib: string): readonly Candidate[] =>
    wearers.get(bib) ?? eachOnce(bibsOfChip(chip).flatMap(each => padded.get(each) ?? []))
  return new Map(
    chips.map(chip => {
      const bib = bibOf.get(chip)
      const ofSupplier = supplied.get(chip)
      return [
        chip,
        {
          assignments: scope.assignments.get(chip) ?? NO_ONE,
          owners: owners.get(chip) ?? NO_ONE,
          bibWearers: ofSupplier ? [...ofSupplier].flatMap(each => wearers.get(each) ?? []) : null,
          namesakes: bib === undefined ? NO_ONE : namesakes(chip, bib),
        },
      ]
    }),
  )
}
