import { AppError } from '../core/errors.ts'
import { chipKey } from '../core/identity.ts'
import { assignChip } from './links.ts'
import type { Reader } from './reader.ts'
import { rowWhere } from './rows.ts'
import type { Row } from './tables.ts'
import type { Writer } from './writer.ts'

/** All reads of the race day, not only those from now on. */
const FROM_THE_START = 0

/** The race day somebody runs on; null while their event has none. */
export const raceDayOf = (reader: Reader, eventId: string): string | null =>
  reader.get<{ id: string | null }>(
    'SELECT MIN(race_day_id) AS id FROM race_day_events WHERE normalized_event_id = ? AND removed = 0',
    eventId,
  )?.id ?? null

type Person = Pick<Row<'effective_participants'>, 'participantId' | 'bibKey' | 'chips'>

/** chipKeys somebody's reads come by without a word of the crew: own ones, the bib's, else the bib's number. */
function chipsOf(reader: Reader, person: Person, raceDayId: string | null): readonly string[] {
  const onBib = reader.all<{ chip: string }>(
    'SELECT chip FROM bib_chips WHERE race_day_id = ? AND bib_number = ? AND removed = 0',
    raceDayId,
    person.bibKey,
  )
  const chips = [...person.chips.map(chipKey), ...onBib.map(({ chip }) => chip)]
  const number = person.bibKey === null ? [] : [chipKey(person.bibKey)]
  return chips.length > 0 ? [...new Set(chips)] : number
}

interface Swap {
  readonly raceDayId: string
  /** Each chip with whom it is given to. */
  readonly chips: readonly { readonly chip: string; readonly to: string }[]
}

function swapOf(reader: Reader, oneId: string, otherId: string): Swap {
  const one = rowWhere(reader, 'effective_participants', 'participant_id = ?', oneId)
  const raceDayId = one === null ? null : raceDayOf(reader, one.normalizedEventId)
  if (raceDayId === null) throw new AppError('conflict', 'Their event has no race day yet.')
  if (oneId === otherId) throw new AppError('input.invalid', 'Nobody swaps with themselves.')
  const given = (from: string, to: string) => {
    const person = rowWhere(reader, 'effective_participants', 'participant_id = ?', from)
    if (person === null) throw new AppError('not-found', `There is no participant ${from}.`)
    const ownDay = raceDayOf(reader, person.normalizedEventId)
    return chipsOf(reader, person, ownDay).map(chip => ({ chip, to }))
  }
  return { raceDayId, chips: [...given(oneId, otherId), ...given(otherId, oneId)] }
}

const standing = (reader: Reader, raceDayId: string, chip: string) =>
  reader.get<{ participantId: string | null }>(
    `SELECT participant_id AS participantId FROM chip_assignments
     WHERE race_day_id = ? AND chip = ? AND withdrawn = 0 LIMIT 1`,
    raceDayId,
    chip,
  )

/** Two people wore each other's bib: each gets the other's chips, all reads of the day. @throws AppError conflict */
export function swapChips(writer: Writer, oneId: string, otherId: string, reason: string | null): void {
  const { raceDayId, chips } = swapOf(writer, oneId, otherId)
  const people = new Set(chips.map(({ to }) => to))
  if (people.size < 2) throw new AppError('conflict', 'Not swapped: one of the two has neither chip nor bib.')
  for (const { chip } of chips) {
    if (standing(writer, raceDayId, chip))
      throw new AppError(
        'conflict',
        `Not swapped: chip ${chip} was given by hand already; take that back first.`,
      )
  }
  for (const { chip, to } of chips)
    assignChip(writer, { raceDayId, chip, participantId: to, fromAt: FROM_THE_START, reason })
}

/** Takes a swap back. @throws AppError conflict when there is none between the two */
export function takeBackSwap(writer: Writer, oneId: string, otherId: string): void {
  const { raceDayId, chips } = swapOf(writer, oneId, otherId)
  const swapped = chips.filter(({ chip, to }) => standing(writer, raceDayId, chip)?.participantId === to)
  if (swapped.length === 0) throw new AppError('conflict', 'These two have no chips swapped.')
  for (const { chip } of swapped)
    assignChip(writer, { raceDayId, chip, participantId: undefined, fromAt: FROM_THE_START, reason: null })
}

/** With whom somebody's chips are swapped, on the race day of their event; null when they are not. */
export function swappedWith(reader: Reader, person: Person, raceDayId: string | null): string | null {
  if (raceDayId === null) return null
  const { participantId } = person
  // The chips before what was given: those are few, each found by itself.
  for (const chip of chipsOf(reader, person, raceDayId)) {
    const other = standing(reader, raceDayId, chip)?.participantId ?? null
    if (other !== null && other !== participantId && hasGiven(reader, raceDayId, participantId)) return other
  }
  return null
}

const hasGiven = (reader: Reader, raceDayId: string, participantId: string): boolean =>
  reader.get(
    `SELECT 1 FROM chip_assignments
     WHERE race_day_id = ? AND participant_id = ? AND from_at = ? AND withdrawn = 0 LIMIT 1`,
    raceDayId,
    participantId,
    FROM_THE_START,
  ) !== undefined
