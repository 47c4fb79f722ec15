import { refreshEffective } from './effective-rows.ts'
import { rowsWhere } from './rows.ts'
import type { Row } from './tables.ts'
import type { Writer } from './writer.ts'

type ParticipantRow = Row<'normalized_participants'>

/** Whether the source has meanwhile given this retained bib to somebody else of the event. */
export const givenAway = (writer: Writer, row: ParticipantRow): boolean =>
  writer.get(
    `SELECT 1 FROM normalized_participants
     WHERE normalized_event_id = ? AND bib_number = ? AND id <> ? AND bib_retained = 0`,
    row.normalizedEventId,
    row.bibNumber,
    row.id,
  ) !== undefined

/** The source gave this bib to somebody else than who is kept with it: the first holder loses it, visibly. */
export function takeRetainedBib(writer: Writer, holder: ParticipantRow, eventDate: string | null): void {
  const losers = rowsWhere(
    writer,
    'normalized_participants',
    'normalized_event_id = ? AND bib_number = ? AND id <> ? AND bib_retained = 1',
    holder.normalizedEventId,
    holder.bibNumber,
    holder.id,
  )
  for (const loser of losers) {
    const after = { ...loser, bibNumber: null, bibRetained: false, updatedAt: writer.at }
    writer.put('normalized_participants', after)
    refreshEffective(writer, after, eventDate)
    writer.audit({
      action: 'bib given to somebody else by the source',
      table: 'normalized_participants',
      rowId: loser.id,
      before: { bib_number: loser.bibNumber },
      after: { bib_number: null, now_with: holder.id },
    })
  }
}
