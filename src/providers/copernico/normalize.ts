import type { SourceEvent } from '../../core/model.ts'
import { csvText } from '../csv.ts'
import { distanceKm } from '../distance.ts'
import { dayText, text } from '../loose.ts'
import type { Entry, ExportFile, TargetEntry } from '../provider.ts'
import type { PresetRow } from './client.ts'
import { undoubled } from './double-encoded.ts'
import { type EventPlace, theirName } from './named.ts'

/** What the crew said of an event is all there is to say: Copernico describes none. */
export function normalizeEvent(place: EventPlace, raceId: string, people: number): SourceEvent {
  return {
    sourceEventId: place.id,
    sourceRaceId: raceId,
    raceName: null,
    eventName: place.theirs,
    timezone: null,
    startAt: null,
    startText: null,
    eventDate: null,
    eventType: null,
    distanceKm: distanceKm(place.theirs),
    city: null,
    state: null,
    country: null,
    maxParticipants: null,
    registrationOpenDate: null,
    registrationCloseDate: null,
    raw: { id: place.id, name: place.theirs, people },
  }
}

const GENDERS: Readonly<Record<string, string>> = { m: 'male', f: 'female' }

/**
 * A preset's row as an entry. INFERRED: its id is the one that was pushed.
 * @param fieldNames columns that mean the same there as in a push
 */
export function normalizeRow({ id, row }: PresetRow, fieldNames: readonly string[]): TargetEntry {
  const values: Record<string, string> = {}
  for (const field of fieldNames) {
    const value = shown(field, text.parse(row[field]))
    if (value !== null) values[field] = value
  }
  return {
    entryId: id,
    key: id,
    bib: row.dorsal,
    name: [row.name, row.surname].filter(part => part !== null).join(' ') || null,
    values,
  }
}

/** As it is written in a push; a date that is shown otherwise is not compared. */
function shown(field: string, value: string | null): string | null {
  if (value === null) return null
  if (field === 'birthdate') return dayText(value)
  if (field === 'gender') return GENDERS[value.toLowerCase()] ?? value.toLowerCase()
  return undoubled(value)
}

/** The columns of Copernico's own import, as its vendor names them. */
const COLUMNS = [
  'id',
  'bib-number',
  'name',
  'surname',
  'gender',
  'birthdate',
  'eventName',
  'club',
  'document',
] as const

/** Entries as Copernico's import file; `raceId` of each is its event's name, here or there. */
export function entriesFile(batch: readonly Entry[], places: readonly EventPlace[]): ExportFile {
  const rows = batch.map(({ key, raceId, values }) => {
    const cells: Readonly<Record<string, string>> = {
      ...values,
      id: key,
      'bib-number': values.dorsal ?? '',
      eventName: theirName(places, raceId),
    }
    return COLUMNS.map(column => cells[column] ?? '')
  })
  const events = new Set(batch.map(entry => theirName(places, entry.raceId)))
  const part = events.size === 1 ? `-${([...events][0] ?? '').replace(/[^\w-]+/g, '_')}` : ''
  return {
    fileName: `copernico-registrants${part}.csv`,
    mediaType: 'text/csv; charset=utf-8',
    text: csvText([COLUMNS, ...rows]),
  }
}
