import { AppError } from '../../core/errors.ts'
import { foldName } from '../../core/identity.ts'
import { distanceKm } from '../distance.ts'
import type { EventToScore } from '../provider.ts'

type Settings = Readonly<Record<string, string>>

/** `name = value` lines of a setting, parted by semicolons or line ends. */
function namedIn(written: string | undefined): readonly (readonly [name: string, value: string])[] {
  const lines = (written ?? '').split(/[;\n]/).map(line => line.trim())
  return lines
    .filter(line => line !== '')
    .map(line => {
      const at = line.indexOf('=')
      return at === -1 ? [line, ''] : [line.slice(0, at).trim(), line.slice(at + 1).trim()]
    })
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i

/** The race that takes the entries, by Sportmaniacs' id. */
export function raceIdOf(settings: Settings): string {
  const id = settings.race_id?.trim() ?? ''
  if (UUID.test(id)) return id
  throw new AppError(
    'input.invalid',
    `"Race id" is an id like 3f6c2b1e-8a47-4c0d-9b5e-2d7a1c9e4f10, not "${id}". The race's name in addresses goes into "Race in addresses".`,
  )
}

export interface EventPlace {
  /** As registration calls it. */
  readonly ours: string
  readonly id: string
  /** As Copernico calls it, letter by letter: presets are asked by it. */
  readonly theirs: string
}

/** Where each event's entries go. Copernico lists its events nowhere, so the crew says it. */
export function eventPlaces(settings: Settings): readonly EventPlace[] {
  const places = namedIn(settings.events).map(([ours, value]): EventPlace => {
    const [id = '', ...name] = value.split(/\s+/)
    if (ours !== '' && UUID.test(id)) return { ours, id, theirs: name.join(' ') || ours }
    throw new AppError(
      'input.invalid',
      `"Events" needs an event id after each name, as in 5K = 3c4f… ; it says "${[ours, value].filter(Boolean).join(' = ')}"`,
    )
  })
  if (places.length > 0) return places
  throw new AppError('input.invalid', '"Events" says of no event where its entries go')
}

/** The place that is meant for an event of registration. */
export function placeOf(settings: Settings, wanted: EventToScore): EventPlace {
  const places = eventPlaces(settings)
  const name = foldName(wanted.eventName)
  for (const nameOf of [(place: EventPlace) => place.ours, (place: EventPlace) => place.theirs]) {
    const found = places.filter(place => foldName(nameOf(place)) === name)
    const [one] = found
    if (one && found.length === 1) return one
    if (found.length > 1)
      throw noRace(`"Events" of the connection says of "${wanted.eventName}" more than once where it goes.`)
  }
  const [only] = places
  if (wanted.onlyEvent && only && places.length === 1 && !contradicts(only, wanted.eventName)) return only
  throw noRace(
    `Nobody said where "${wanted.eventName}" goes: add ${wanted.eventName} = its event id to "Events" of the connection, which has ${places.map(place => place.ours).join(', ')}.`,
  )
}

/** The place's name at Copernico, of an event by either name. */
export const theirName = (places: readonly EventPlace[], name: string): string =>
  places.find(place => foldName(place.ours) === foldName(name))?.theirs ?? name

/** A lone 10K is no place for the 5K's entries. */
function contradicts(place: EventPlace, eventName: string): boolean {
  const ours = distanceKm(eventName)
  const theirs = distanceKm(place.ours)
  return ours !== null && theirs !== null && Math.abs(ours - theirs) > ours * 0.05
}

const noRace = (message: string): AppError => new AppError('entry.no-race', message)

/** Which columns of the preset hold what of a result. */
export interface ResultColumns {
  readonly gun: string | null
  readonly chip: string | null
  readonly place: string | null
  readonly genderPlace: string | null
  readonly divisionPlace: string | null
  /** By the split's name, in the order of the course. */
  readonly splits: readonly (readonly [name: string, column: string])[]
}

const OF_THE_WHOLE = ['gun', 'chip', 'place', 'gender place', 'division place']

/** Null: the crew named none. */
export function resultColumns(settings: Settings): ResultColumns | null {
  const named = namedIn(settings.result_columns)
  if (named.length === 0) return null
  const blank = named.find(([name, column]) => name === '' || column === '')
  if (blank)
    throw new AppError(
      'input.invalid',
      `"Result columns" needs a column after each name, as in gun = time; it says "${blank.filter(Boolean).join(' = ')}"`,
    )
  const of = (what: string): string | null => named.find(([name]) => name.toLowerCase() === what)?.[1] ?? null
  const columns = {
    gun: of('gun'),
    chip: of('chip'),
    place: of('place'),
    genderPlace: of('gender place'),
    divisionPlace: of('division place'),
    splits: named.filter(([name]) => !OF_THE_WHOLE.includes(name.toLowerCase())),
  }
  if (columns.gun !== null || columns.chip !== null) return columns
  throw new AppError('input.invalid', '"Result columns" names neither a gun time nor a chip time')
}
