import { bibKey } from '../core/identity.ts'
import type { Reader } from '../store/reader.ts'
import { rowWhere } from '../store/rows.ts'
import type { Row } from '../store/tables.ts'
import type { Writer } from '../store/writer.ts'
import { entryKey } from './entries.ts'

type Named = Pick<Row<'normalized_results'>, 'entryKey' | 'entryId' | 'bibNumber'>

interface Person {
  readonly id: string
  readonly provider: string
  readonly key: string
  readonly successorId: string | null
  readonly bibKey: string | null
  readonly registered: 0 | 1
}

/**
 * Whose a result of an event is: by the key of our entry, else by the entry that scoring made of somebody, else by a bib
 * that just one person of the event has. Who was transferred or joined is followed.
 */
export function resultPeople(
  reader: Reader,
  eventId: string,
  scoringProvider: string,
): (result: Named) => string | null {
  const people = reader.all<Person>(
    `SELECT p.id, p.source_provider AS provider, p.source_participant_id AS key, p.successor_id AS successorId,
     e.bib_key AS bibKey, e.registration_status = 'registered' AS registered
     FROM normalized_participants p JOIN effective_participants e ON e.participant_id = p.id
     WHERE p.normalized_event_id = ?`,
    eventId,
  )
  const entries = reader.all<{ participantId: string; entryId: string }>(
    `SELECT participant_id AS participantId, target_entry_id AS entryId FROM push_receipts
     WHERE target_provider = ? AND target_entry_id IS NOT NULL
     AND participant_id IN (SELECT participant_id FROM effective_participants WHERE normalized_event_id = ?)`,
    scoringProvider,
    eventId,
  )
  const byId = new Map(people.map(person => [person.id, person]))
  const byKey = new Map(people.map(person => [entryKey(person.provider, person.key), person.id]))
  const byEntry = new Map(entries.map(entry => [entry.entryId, entry.participantId]))
  const wearers = Map.groupBy(
    people.filter(person => person.registered === 1 && person.successorId === null && person.bibKey !== null),
    person => person.bibKey,
  )
  const byBib = (bib: string): string | null => {
    const [only, another] = wearers.get(bibKey(bib)) ?? []
    return only === undefined || another !== undefined ? null : only.id
  }
  const followed = (id: string): string => {
    let last = id
    for (let steps = 0; steps < 5; steps += 1) last = byId.get(last)?.successorId ?? last
    return last
  }
  return ({ entryKey: key, entryId, bibNumber }) => {
    const found =
      (key === null ? undefined : byKey.get(key)) ??
      (entryId === null ? undefined : byEntry.get(entryId)) ??
      (bibNumber === null ? null : byBib(bibNumber))
    return found === null ? null : followed(found)
  }
}

/**
 * Says of an event's results whose they are by now: a registration may have come, or a bib have moved, since they were
 * pulled. A result that goes from one person to another rests anew before it is published.
 */
export function linkResults(writer: Writer, eventId: string, scoringProvider: string): void {
  const personOf = resultPeople(writer, eventId, scoringProvider)
  const rows = writer.all<Named & { readonly id: string; readonly personId: string | null }>(
    `SELECT id, entry_key AS entryKey, entry_id AS entryId, bib_number AS bibNumber,
     normalized_participant_id AS personId
     FROM normalized_results WHERE normalized_event_id = ? AND source_provider = ?`,
    eventId,
    scoringProvider,
  )
  for (const { id, personId, ...named } of rows) {
    const person = personOf(named)
    const row = person === personId ? null : rowWhere(writer, 'normalized_results', 'id = ?', id)
    if (row === null) continue
    writer.put('normalized_results', {
      ...row,
      normalizedParticipantId: person,
      changedAt: personId === null ? row.changedAt : writer.at,
      updatedAt: writer.at,
    })
  }
}
