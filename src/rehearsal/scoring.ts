import { createScoredResults, type ScoredResults } from './scored-results.ts'

/** A resource as CTLive shows it: every value a string. */
export type Fields = Readonly<Record<string, string>>

interface Kept {
  readonly eventId: string
  readonly raceId: string
  readonly fields: Fields
  /** The fields as they are read back; made once, since lists are read a page at a time. */
  readonly row: Fields
}

/** The scoring provider's own database: events, races and entries by their ids. */
export interface Scoring {
  addEvent(fields: Fields & { readonly event_name: string }): Fields
  addRace(eventId: string, fields: Fields & { readonly race_name: string }): Fields
  addEntry(raceId: string, fields: Fields): Fields
  /** Fields not named stay. `race_id` moves the entry to another race. */
  editEntry(entryId: string, fields: Fields): Fields
  removeEntry(entryId: string): void
  readonly events: readonly Fields[]
  event(id: string): Fields | undefined
  race(id: string): Fields | undefined
  entry(id: string): Fields | undefined
  racesOf(eventId: string): readonly Fields[]
  /** By entry id, ascending. */
  entriesOf(filter: { readonly eventId: string } | { readonly raceId: string }): readonly Fields[]
  /** The event a race belongs to. */
  eventOf(raceId: string): string | undefined
  readonly results: ScoredResults
}

export function createScoring(): Scoring {
  const events = new Map<string, Fields>()
  const races = new Map<string, { readonly eventId: string; readonly fields: Fields }>()
  // Insertion order is id order, and setting a known key keeps its place.
  const entries = new Map<string, Kept>()
  let nextEvent = 61_001
  let nextRace = 151_001
  let nextEntry = 9_400_001

  function keep(raceId: string, fields: Fields & { readonly entry_id: string }): Fields {
    const { eventId, fields: race } = raceKept(raceId)
    const name = [fields.athlete_first_name, fields.athlete_last_name].filter(Boolean).join(' ')
    const row = { entry_name: name, ...fields, race_id: raceId, race_name: race.race_name ?? '' }
    entries.set(fields.entry_id, { eventId, raceId, fields, row })
    return row
  }

  function raceKept(id: string) {
    const race = races.get(id)
    if (!race) throw new Error(`no race ${id}`)
    return race
  }

  const results = createScoredResults(id => entries.get(id)?.row)
  return {
    results,
    addEvent(fields) {
      const added = { ...fields, event_id: String(nextEvent++) }
      events.set(added.event_id, added)
      return added
    },
    addRace(eventId, fields) {
      if (!events.has(eventId)) throw new Error(`no event ${eventId}`)
      const added = { ...fields, race_id: String(nextRace++), event_id: eventId }
      races.set(added.race_id, { eventId, fields: added })
      return added
    },
    addEntry(raceId, fields) {
      const id = nextEntry++
      return keep(raceId, {
        entry_type: 'IND',
        entry_status: 'CONF',
        ...fields,
        entry_id: String(id),
        athlete_id: String(id + 500),
      })
    },
    editEntry(entryId, fields) {
      const before = entries.get(entryId)
      if (!before) throw new Error(`no entry ${entryId}`)
      const athlete_id = before.fields.athlete_id ?? ''
      return keep(fields.race_id ?? before.raceId, {
        ...before.fields,
        ...fields,
        entry_id: entryId,
        athlete_id,
      })
    },
    removeEntry(entryId) {
      entries.delete(entryId)
    },
    get events() {
      return [...events.values()]
    },
    event: id => events.get(id),
    race: id => races.get(id)?.fields,
    entry: id => entries.get(id)?.row,
    racesOf: eventId => [...races.values()].filter(race => race.eventId === eventId).map(race => race.fields),
    entriesOf(filter) {
      const wanted = (kept: Kept) =>
        'eventId' in filter ? kept.eventId === filter.eventId : kept.raceId === filter.raceId
      return [...entries.values()].filter(wanted).map(kept => kept.row)
    },
    eventOf: raceId => races.get(raceId)?.eventId,
  }
}
