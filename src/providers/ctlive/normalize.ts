import { AppError } from '../../core/errors.ts'
import { foldName } from '../../core/identity.ts'
import type { SourceEvent } from '../../core/model.ts'
import type { Json } from '../../core/runtime.ts'
import { csvText } from '../csv.ts'
import { distanceKm } from '../distance.ts'
import { dayText } from '../loose.ts'
import type { Entry, EventToScore, ExportFile, TargetEntry } from '../provider.ts'
import type { EntryWire, EventWire, RaceWire } from './wire.ts'

/** CTLive's races are our events, its events our races. It names no zone, so no time is read as a moment. */
export function normalizeRace(event: EventWire, race: RaceWire): SourceEvent {
  const startText = race.race_planned_start_time ?? event.event_start_time
  return {
    sourceEventId: race.race_id,
    sourceRaceId: event.event_id,
    raceName: event.event_name,
    eventName: race.race_name ?? race.race_tag ?? `Race ${race.race_id}`,
    timezone: null,
    startAt: null,
    startText,
    eventDate: dayOf(startText)?.day ?? null,
    eventType: race.race_type,
    distanceKm: distanceKm(`${race.race_course_distance ?? ''} ${race.race_pref_distance_unit ?? ''}`),
    city: event.location_city,
    state: event.location_region,
    country: event.location_country,
    maxParticipants: null,
    registrationOpenDate: null,
    registrationCloseDate: null,
    raw: { event: event as unknown as Json, race: race as unknown as Json },
  }
}

/** A day as written; from unix seconds it is the day in UTC, which at the site may be the one before or after. */
function dayOf(written: string | null): { readonly day: string; readonly slackDays: number } | null {
  if (written !== null && /^\d{9,10}$/.test(written))
    return { day: new Date(Number(written) * 1000).toISOString().slice(0, 10), slackDays: 1 }
  const day = dayText(written)
  return day === null ? null : { day, slackDays: 0 }
}

function onDay(event: EventWire, wanted: string | null): boolean {
  const starts = dayOf(event.event_start_time)
  if (starts === null || wanted === null) return true
  const days = Math.abs(Date.parse(starts.day) - Date.parse(wanted)) / 86_400_000
  return days <= starts.slackDays
}

/** The one event that has this name, on this day where both days are known. */
export function chooseEvent(events: readonly EventWire[], wanted: EventToScore): EventWire {
  const named = [wanted.raceName, wanted.eventName].filter(name => name !== null)
  for (const name of named) {
    const found = events.filter(
      event => foldName(event.event_name ?? '') === foldName(name) && onDay(event, wanted.eventDate),
    )
    const [one] = found
    if (one && found.length === 1) return one
    if (found.length > 1)
      throw noRace(`CTLive has several events named "${name}": ${shown(found, eventLabel)}. ${SAY_WHICH}`)
  }
  const what = `"${named[0]}"${wanted.eventDate === null ? '' : ` on ${wanted.eventDate}`}`
  const there =
    events.length === 0 ? 'This login sees no event at all' : `It has ${shown(events, eventLabel)}`
  throw noRace(`CTLive has no event named ${what}. ${there}. Make it in CTLive, or: ${SAY_WHICH}`)
}

const SAY_WHICH = 'Put the id of the event that takes the entries into "CTLive event" of the connection.'

/** The one race of a CTLive event that is meant: by name, by tag, or because neither side has another. */
export function chooseRace(races: readonly RaceWire[], eventId: string, event: EventToScore): RaceWire {
  const { eventName, onlyEvent } = event
  const wanted = foldName(eventName)
  for (const nameOf of [(race: RaceWire) => race.race_name, (race: RaceWire) => race.race_tag]) {
    const found = races.filter(race => foldName(nameOf(race) ?? '') === wanted)
    const [one] = found
    if (one && found.length === 1) return one
    if (found.length > 1)
      throw noRace(
        `CTLive event ${eventId} has several races named "${eventName}": ${shown(found, raceLabel)}. Rename all but one.`,
      )
  }
  const [only] = races
  if (onlyEvent && only && races.length === 1 && !contradicts(only, eventName)) return only
  const there = races.length === 0 ? 'It has no race yet' : `It has ${shown(races, raceLabel)}`
  throw noRace(`Make a race named "${eventName}" in CTLive event ${eventId}, or rename one. ${there}.`)
}

/** A lone 10K is no place for the 5K's entries. */
function contradicts(race: RaceWire, eventName: string): boolean {
  const ours = distanceKm(eventName)
  const theirs = distanceKm(race.race_name)
  return ours !== null && theirs !== null && Math.abs(ours - theirs) > ours * 0.05
}

const noRace = (message: string): AppError => new AppError('entry.no-race', message)
const eventLabel = (event: EventWire): string => `${event.event_id} "${event.event_name ?? ''}"`
const raceLabel = (race: RaceWire): string => `${race.race_id} "${race.race_name ?? race.race_tag ?? ''}"`

function shown<T>(items: readonly T[], label: (item: T) => string): string {
  const some = items.slice(0, 10).map(label).join(', ')
  return items.length > 10 ? `${some} and ${items.length - 10} more` : some
}

export function normalizeEntry(entry: EntryWire): TargetEntry {
  const name = [entry.athlete_first_name, entry.athlete_last_name].filter(part => part !== null).join(' ')
  const { entry_id: _, entry_external_id: __, entry_name: ___, ...fields } = entry
  const values: Record<string, string> = {}
  for (const [field, value] of Object.entries(fields)) if (typeof value === 'string') values[field] = value
  return {
    entryId: entry.entry_id,
    key: entry.entry_external_id,
    bib: entry.entry_bib,
    name: name === '' ? entry.entry_name : name,
    values,
  }
}

/**
 * The entries as CSV under CTLive's field names, as its results import maps by header; nobody saw its entry import.
 * A column nobody fills is left out, so that a blank never blanks what is there.
 */
export function entriesFile(batch: readonly Entry[], fieldNames: readonly string[]): ExportFile {
  const races = [...new Set(batch.map(entry => entry.raceId))]
  const filled = new Set(batch.flatMap(entry => Object.keys(entry.values)))
  const columns = [
    ...fieldNames.filter(name => filled.has(name)),
    ...[...filled].filter(name => !fieldNames.includes(name)).sort(),
  ]
  const head = races.length > 1 ? ['entry_external_id', 'race_id'] : ['entry_external_id']
  const rows = batch.map(entry => [
    entry.key,
    ...(races.length > 1 ? [entry.raceId] : []),
    ...columns.map(name => entry.values[name] ?? ''),
  ])
  const part = races.length === 1 ? `-race-${(races[0] ?? '').replace(/[^\w-]+/g, '_')}` : ''
  return {
    fileName: `ctlive-entries${part}.csv`,
    mediaType: 'text/csv; charset=utf-8',
    text: csvText([[...head, ...columns], ...rows]),
  }
}
