import { participantId } from './ids.ts'
import { followTransfer } from './joins.ts'
import { rowsWhere, rowWhere } from './rows.ts'
import { staleAlong } from './successors.ts'
import type { Row } from './tables.ts'
import type { Writer } from './writer.ts'

type Participant = Row<'normalized_participants'>
type SourceEventRow = Row<'normalized_events'>

/** Registrations of one race of a provider, whichever of its events: who moves from the 5K to the Half stays in it. */
const OF_THE_RACE = `p.source_provider = ? AND p.normalized_event_id IN (
  SELECT id FROM normalized_events WHERE source_provider = ? AND (id = ? OR source_race_id = ?))`

const raceKey = (event: SourceEventRow): readonly (string | null)[] => [
  event.sourceProvider,
  event.sourceProvider,
  event.id,
  event.sourceRaceId,
]

/** Id of the row a registration was transferred to, by the provider's key; of the same event while none has come. */
export function successorId(writer: Writer, event: SourceEventRow, key: string): string {
  const known = writer.get<{ id: string }>(
    `SELECT p.id FROM normalized_participants p WHERE p.source_participant_id = ? AND ${OF_THE_RACE} LIMIT 1`,
    key,
    ...raceKey(event),
  )
  return known?.id ?? participantId(event.sourceProvider, event.sourceEventId, key)
}

/** What the crew decided goes to who came after, whichever of the two arrived first. `added`: provider's key → new row. */
export function followTransfers(
  writer: Writer,
  event: SourceEventRow,
  transferred: readonly Participant[],
  added: ReadonlyMap<string, string>,
): void {
  const known = new Set(transferred.map(row => row.id))
  const waiting = waitingFor(writer, event, added).filter(row => !known.has(row.id))
  for (const from of [...transferred, ...waiting]) {
    const to = rowWhere(writer, 'normalized_participants', 'id = ?', from.successorId)
    if (to === null) writer.staleLink(`participant|${from.id}`)
    else followTransfer(writer, from, to)
  }
}

/** Rows whose successor has come only now, with its id. */
function waitingFor(
  writer: Writer,
  event: SourceEventRow,
  added: ReadonlyMap<string, string>,
): readonly Participant[] {
  if (added.size === 0) return []
  const ids = writer.all<{ id: string; key: string }>(
    `SELECT p.id, p.successor_key AS key FROM json_each(?) j
     CROSS JOIN normalized_participants p INDEXED BY normalized_participants_transferred ON p.successor_key = j.value
     WHERE ${OF_THE_RACE}`,
    JSON.stringify([...added.keys()]),
    ...raceKey(event),
  )
  return ids.flatMap(({ id, key }) => {
    const successor = added.get(key)
    if (successor === undefined) return []
    return rowsWhere(writer, 'normalized_participants', 'id = ?', id).map(row => {
      if (row.successorId === successor) return row
      staleAlong(writer, row.successorId)
      const after = { ...row, successorId: successor, updatedAt: writer.at }
      writer.put('normalized_participants', after)
      return after
    })
  })
}
