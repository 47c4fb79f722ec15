import type { Athlete, CopernicoRace, Preset } from './copernico-athletes.ts'

/** Somebody as `/athlete/{id}/full` shows them. */
export function athleteJson(race: CopernicoRace, athlete: Athlete) {
  const event = race.events.find(({ id }) => id === athlete.eventId)
  const { name = '', surname = '', dorsal = '', gender, birthdate, ...others } = athlete.fields
  const passed = (event?.splits ?? []).flatMap((split, order) => {
    const passing = athlete.passings[split]
    return passing === undefined ? [] : [{ split, order, passing }]
  })
  const times = passed.map(({ split, order, passing: { time, netTime, rawTime } }) => {
    const raw = { location: split, rawTime, originalTime: rawTime, valid: true, rewind: false }
    return [split, { split, order, distance: order * 1000, time, netTime, raw }]
  })
  const rankings = passed.map(({ split, passing: { time, netTime } }) => [
    split,
    { id: athlete.id, time, net: netTime, ...race.ranking(athlete, split) },
  ])
  return {
    id: athlete.id,
    name,
    surname,
    fullname: `${name} ${surname}`.trim(),
    gender,
    birthdate,
    events: [
      {
        event: event?.name ?? '',
        dorsal,
        chip: [],
        category: others.category ?? null,
        club: others.club ?? null,
        status: athlete.status,
        realStatus: athlete.status,
        times: Object.fromEntries(times),
        rankings: Object.fromEntries(rankings),
        penalties: [],
      },
    ],
    locations: passed.map(({ split }) => split),
    extrafield1: '',
  }
}

/** Somebody as a preset shows them; a time nobody has is 0. */
export const rowJson = (race: CopernicoRace, preset: Preset, athlete: Athlete) =>
  Object.fromEntries(
    Object.entries(preset.columns).map(([column, what]) => [column, cellOf(race, athlete, what)]),
  )

function cellOf(race: CopernicoRace, athlete: Athlete, what: string): string | number {
  if (what === 'id') return athlete.id
  if (what === 'status') return athlete.status
  const [split = '', kind] = what.split(':')
  switch (kind) {
    case undefined:
      return athlete.fields[what] ?? ''
    case 'time':
      return athlete.passings[split]?.time ?? 0
    case 'net':
      return athlete.passings[split]?.netTime ?? 0
    default:
      return race.ranking(athlete, split).pos
  }
}

const genders = ['male', 'female', 'mixed']
const given = ['id', 'raceId', 'eventId']

interface Registrant {
  readonly id: string
  readonly eventId: string
  readonly fields: Readonly<Record<string, string>>
}

/** A request's array of registrants. [G] One that is wrong refuses them all. */
export function readRegistrants(
  race: CopernicoRace,
  body: string,
): { readonly registrants: readonly Registrant[] } | { readonly problem: string } {
  const value = parse(body)
  if (!Array.isArray(value)) return { problem: 'the body is no array' }
  const registrants: Registrant[] = []
  for (const one of value) {
    const read = readRegistrant(race, one)
    if (typeof read === 'string') return { problem: read }
    if (registrants.some(({ id }) => id === read.id)) return { problem: `${read.id}: twice in one array` }
    registrants.push(read)
  }
  return { registrants }
}

function readRegistrant(race: CopernicoRace, value: unknown): Registrant | string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'a registrant is an object'
  const fields: Record<string, string> = {}
  for (const [name, field] of Object.entries(value)) {
    if (typeof field !== 'string') return `${name} is no text`
    fields[name] = field
  }
  const { id = '', raceId, eventId = '', birthdate, gender } = fields
  if (id === '') return 'id is missing'
  if (raceId !== race.id) return `${id}: raceId is not that of the address`
  // An empty one would let the athlete choose; nobody does that in a race that is timed.
  if (!race.events.some(event => event.id === eventId)) return `${id}: there is no event ${eventId}`
  if (birthdate !== undefined && !isDate(birthdate)) return `${id}: birthdate is not YYYY-MM-DD`
  if (gender !== undefined && !genders.includes(gender))
    return `${id}: gender is none of ${genders.join(', ')}`
  const kept = Object.entries(fields).filter(([name]) => !given.includes(name))
  return { id, eventId, fields: Object.fromEntries(kept) }
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

function isDate(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`)
  return (
    /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
  )
}
