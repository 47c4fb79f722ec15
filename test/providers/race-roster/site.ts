import { onTestFinished } from 'vitest'
import type { Json } from '../../../src/core/runtime.ts'
import type { Cursor, EventRef, Page, ProviderContext } from '../../../src/providers/provider.ts'
import { raceRoster } from '../../../src/providers/race-roster/index.ts'
import { makePeople } from '../../../src/rehearsal/people.ts'
import { createRaceRosterServer } from '../../../src/rehearsal/race-roster-server.ts'
import { createRegistrations, type Registration } from '../../../src/rehearsal/registrations.ts'
import { type Budget, contextFor } from '../outside.ts'

type ServerOptions = Partial<Parameters<typeof createRaceRosterServer>[0]>
let logins = 0

/** Race Roster with one event of two sub-events, and an account that works with it. */
export async function raceRosterSite(options: ServerOptions & { readonly people?: number } = {}) {
  let now = Date.parse('2026-05-08T11:00:00Z')
  const clock = () => now
  const registrations = createRegistrations({ clock })
  const race = registrations.addRace({ name: 'Harbor Run', timezone: 'America/Chicago' })
  const startsAt = Date.parse('2026-05-09T13:00:00Z')
  const fiveK = registrations.addEvent(race.raceId, { name: '5K', distance: '5K', startsAt })
  const half = registrations.addEvent(race.raceId, {
    name: 'Half',
    distance: '13.1 Miles',
    startsAt: startsAt - 3_600_000,
  })
  const waiting = makePeople({ seed: 7, year: 2026, count: (options.people ?? 0) + 100 })
  const add = (event: { readonly eventId: number } = fiveK): Registration => {
    const person = waiting.pop()
    if (!person) throw new Error('nobody left')
    return registrations.add(event.eventId, { person })
  }
  for (let made = 0; made < (options.people ?? 0); made++) add()
  const login = {
    client_id: 'canary-client',
    client_secret: 'canary-client-secret',
    username: `canary-${logins++}@example.com`,
    password: 'canary-password',
  }
  const server = createRaceRosterServer({ registrations, login, clock, ...options })
  await server.start()
  onTestFinished(() => server.stop())
  const budget: Budget = { spent: 0 }
  const contextOf = (more: Partial<ProviderContext> = {}): ProviderContext =>
    contextFor({ budget, clock, credentials: login, settings: { base_url: server.url }, ...more })
  const refOf = (event: { readonly eventId: number }): EventRef => ({
    sourceEventId: String(event.eventId),
    sourceRaceId: String(race.raceId),
    timezone: race.timezone,
  })
  return {
    server,
    registrations,
    race,
    fiveK,
    half,
    add,
    login,
    budget,
    contextOf,
    refOf,
    advance: (ms: number): void => {
      now += ms
    },
    /** Paths of the calls so far, without their base. */
    asked: () => server.calls.map(call => call.path.replace(/^\/api/, '')),
  }
}

export const pull = (
  context: ProviderContext,
  event: EventRef,
  since: Cursor | null = null,
): AsyncIterable<Page<Json>> => {
  if (!raceRoster.participants) throw new Error('Race Roster has participants')
  return raceRoster.participants.pull(context, event, since)
}

export const normalize = (item: Json) => {
  if (!raceRoster.participants) throw new Error('Race Roster has participants')
  return raceRoster.participants.normalize(item)
}
