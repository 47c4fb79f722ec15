import type { Crossing } from '../../api/displays.ts'
import { DEFAULT_LOOK, type DisplayField, type DisplayLook, messageFor } from '../../core/display.ts'
import { type CrossingRow, locationNames, readsWithKinds } from '../../store/crossings.ts'
import { layoutById } from '../../store/displays.ts'
import { gunOf, ownStart, startWindow } from '../../store/guns.ts'
import type { Reader } from '../../store/reader.ts'
import type { Row } from '../../store/tables.ts'

export const lookOf = (reader: Reader, display: Row<'displays'>): DisplayLook =>
  (display.layoutId === null ? null : layoutById(reader, display.layoutId))?.look ?? DEFAULT_LOOK

/** What a display shows: its own locations, else the finishes. */
export function locationsOf(reader: Reader, display: Row<'displays'>): readonly string[] {
  if (display.locations.length > 0) return display.locations
  return locationNames(reader, display.raceDayId)
    .filter(({ kind }) => kind === 'finish')
    .map(({ name }) => name)
}

/** Where the announcer's runners come from: the chosen locations, else all others on the course; the start where there is none. */
export function comesFromOf(reader: Reader, display: Row<'displays'>): readonly string[] {
  if (display.comesFrom.length > 0) return display.comesFrom
  const here = locationsOf(reader, display)
  const others = locationNames(reader, display.raceDayId).filter(({ name }) => !here.includes(name))
  const onCourse = others.filter(({ kind }) => kind !== 'start')
  return (onCourse.length > 0 ? onCourse : others).map(({ name }) => name)
}

/** A row as a display gets it: what its layout does not choose stays here. */
export function crossingShown(
  reader: Reader,
  row: Omit<CrossingRow, 'readId' | 'receivedAt'>,
  look: DisplayLook,
  key: string,
): Crossing | null {
  if (row.at === null || (row.participantId === null && row.bib === null)) return null
  const { at, participantId, normalizedEventId } = row
  const chosen = <T>(field: DisplayField, value: () => T | null): T | null =>
    look.fields.includes(field) ? value() : null
  const name = [row.firstName, row.lastName].filter(Boolean).join(' ') || null
  // Somebody the provider has no name of is their bib, and nobody else.
  if (name === null && row.bib === null) return null
  const gun = normalizedEventId === null ? null : gunOf(reader, normalizedEventId, row.wave)
  const from = gun === null ? null : gun - startWindow(reader)
  return {
    key,
    at,
    name,
    bib: name === null ? row.bib : chosen('bib', () => row.bib),
    event: chosen('event', () => row.eventName),
    team: chosen('team', () => row.teamName),
    hometown: chosen('hometown', () => [row.city, row.state].filter(Boolean).join(', ') || null),
    location: chosen('location', () => row.location),
    raceTimeMs: chosen('race-time', () => {
      return gun === null || at < gun ? null : at - gun
    }),
    chipTimeMs: chosen('chip-time', () => {
      const start = participantId === null ? null : ownStart(readsWithKinds(reader, participantId), at, from)
      return start === null ? null : at - start
    }),
    message: chosen('message', () => {
      const values = { name, first: row.firstName, team: row.teamName, city: row.city }
      return name === null ? null : messageFor(look.messages, row.bib ?? name, values)
    }),
  }
}
