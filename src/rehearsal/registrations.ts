import type { Person } from './people.ts'

export type RemovedReason = 'cleared' | 'removed' | 'transferred' | 'deferred'

export interface RaceEvent {
  readonly eventId: number
  readonly raceId: number
  readonly name: string
  readonly distance: string
  /** ms UTC */
  readonly startsAt: number
  /** US cents */
  readonly fee: number
}

export interface Race {
  readonly raceId: number
  readonly name: string
  /** IANA */
  readonly timezone: string
  readonly city: string
  readonly state: string
  readonly zip: string
  readonly isPrivate: boolean
  /** unix seconds */
  readonly lastModified: number
}

export interface Registration {
  readonly registrationId: number
  readonly eventId: number
  readonly userId: number
  readonly person: Omit<Person, 'bib'>
  readonly bib: number | null
  readonly chip: string | null
  readonly corral: string | null
  /** ms UTC */
  readonly registeredAt: number
  /** unix seconds */
  readonly lastModified: number
  readonly imported: boolean
}

export interface Removal {
  readonly registration: Registration
  readonly reason: RemovedReason
  readonly newRegistrationId: number | null
  /** unix seconds */
  readonly lastModified: number
}

export interface NewRegistration {
  readonly person: Person
  /** Default: the person's own, when it is a number. */
  readonly bib?: number | null
  readonly chip?: string | null
  readonly corral?: string | null
  readonly registeredAt?: number
  readonly imported?: boolean
}

/** What a test or the race director may change; person fields by name. */
export interface RegistrationChanges {
  readonly person?: Partial<Person>
  readonly bib?: number | null
  readonly chip?: string | null
}

/** The registration provider's own database. Every change is stamped with the clock, in whole seconds. */
export interface Registrations {
  addRace(race: Pick<Race, 'name' | 'timezone'> & Partial<Race>): Race
  addEvent(raceId: number, event: Pick<RaceEvent, 'name' | 'startsAt'> & Partial<RaceEvent>): RaceEvent
  add(eventId: number, registration: NewRegistration): Registration
  edit(registrationId: number, changes: RegistrationChanges): Registration
  remove(registrationId: number, reason: Exclude<RemovedReason, 'transferred'>): Removal
  /** To another person, another event, or both: the old registration is gone, a new id takes its place. */
  transfer(registrationId: number, to: { readonly person?: Person; readonly eventId?: number }): Registration
  find(registrationId: number): Registration | undefined
  readonly races: readonly Race[]
  eventsOf(raceId: number): readonly RaceEvent[]
  /** By registration id, ascending. */
  active(eventId: number): readonly Registration[]
  removed(eventId: number): readonly Removal[]
}

export function createRegistrations(parts: {
  readonly clock: () => number
  readonly firstId?: number
}): Registrations {
  const races: Race[] = []
  const events = new Map<number, RaceEvent>()
  const active = new Map<number, Registration[]>()
  const removed = new Map<number, Removal[]>()
  const eventOf = new Map<number, number>()
  let nextRegistration = parts.firstId ?? 51_000_001
  let nextUser = 7_000_001

  const now = () => Math.floor(parts.clock() / 1000)

  function rowsOf(eventId: number): Registration[] {
    const rows = active.get(eventId)
    if (!rows) throw new Error(`no event ${eventId}`)
    return rows
  }

  function place(registrationId: number) {
    const rows = rowsOf(eventOf.get(registrationId) ?? Number.NaN)
    const index = firstAfter(rows, registrationId - 1)
    const row = rows[index]
    if (row?.registrationId !== registrationId) throw new Error(`no registration ${registrationId}`)
    return { rows, index, row }
  }

  function add(eventId: number, wanted: NewRegistration): Registration {
    const { bib: text, ...person } = wanted.person
    const registration: Registration = {
      registrationId: nextRegistration++,
      eventId,
      userId: nextUser++,
      person,
      bib: wanted.bib === undefined ? (text === null ? null : Number(text)) : wanted.bib,
      chip: wanted.chip ?? null,
      corral: wanted.corral ?? null,
      registeredAt: wanted.registeredAt ?? parts.clock(),
      lastModified: wanted.registeredAt === undefined ? now() : Math.floor(wanted.registeredAt / 1000),
      imported: wanted.imported ?? false,
    }
    rowsOf(eventId).push(registration)
    eventOf.set(registration.registrationId, eventId)
    return registration
  }

  function takeOut(registrationId: number, reason: RemovedReason, newRegistrationId: number | null): Removal {
    const { rows, index, row } = place(registrationId)
    rows.splice(index, 1)
    eventOf.delete(registrationId)
    const removal: Removal = { registration: row, reason, newRegistrationId, lastModified: now() }
    removed.get(row.eventId)?.push(removal)
    return removal
  }

  return {
    races,
    add,
    addRace(race) {
      const added: Race = {
        raceId: 88_001 + races.length,
        city: 'Portland',
        state: 'ME',
        zip: '04101',
        isPrivate: false,
        lastModified: now(),
        ...race,
      }
      races.push(added)
      return added
    },
    addEvent(raceId, event) {
      if (!races.some(race => race.raceId === raceId)) throw new Error(`no race ${raceId}`)
      const added: RaceEvent = {
        eventId: 700_101 + events.size,
        distance: event.name,
        fee: 5500,
        ...event,
        raceId,
      }
      events.set(added.eventId, added)
      active.set(added.eventId, [])
      removed.set(added.eventId, [])
      return added
    },
    edit(registrationId, changes) {
      const { rows, index, row } = place(registrationId)
      const edited: Registration = {
        ...row,
        person: { ...row.person, ...changes.person },
        bib: changes.bib === undefined ? row.bib : changes.bib,
        chip: changes.chip === undefined ? row.chip : changes.chip,
        lastModified: now(),
      }
      rows[index] = edited
      return edited
    },
    remove: (registrationId, reason) => takeOut(registrationId, reason, null),
    transfer(registrationId, to) {
      const { row } = place(registrationId)
      const person = to.person ?? { ...row.person, bib: null }
      const added = add(to.eventId ?? row.eventId, {
        person,
        bib: row.bib,
        chip: row.chip,
        corral: row.corral,
      })
      takeOut(registrationId, 'transferred', added.registrationId)
      return added
    },
    find(registrationId) {
      return eventOf.has(registrationId) ? place(registrationId).row : undefined
    },
    eventsOf: raceId => [...events.values()].filter(event => event.raceId === raceId),
    active: rowsOf,
    removed: eventId => removed.get(eventId) ?? [],
  }
}

/** The place of the first row whose id is above `id`, in rows sorted by id. */
export function firstAfter(rows: readonly Registration[], id: number): number {
  let low = 0
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((rows[middle]?.registrationId ?? 0) <= id) low = middle + 1
    else high = middle
  }
  return low
}
