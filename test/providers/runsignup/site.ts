import { onTestFinished } from 'vitest'
import type { ProviderContext } from '../../../src/providers/provider.ts'
import { makePeople } from '../../../src/rehearsal/people.ts'
import { createRegistrations, type NewRegistration } from '../../../src/rehearsal/registrations.ts'
import { createRunSignUpServer } from '../../../src/rehearsal/runsignup-server.ts'
import { type Budget, CANARY, contextFor } from '../outside.ts'

/** RunSignUp with one race of two events, and an account that works with it. */
export async function runsignupSite(
  options: { readonly people?: number; readonly forbidden?: readonly number[] } = {},
) {
  let now = Date.now()
  const clock = (): number => now
  const registrations = createRegistrations({ clock: () => now - 3_600_000 })
  const race = registrations.addRace({ name: 'Harbor Run', timezone: 'America/Chicago' })
  const startsAt = Date.parse('2025-05-17T13:00:00Z')
  const fiveK = registrations.addEvent(race.raceId, { name: '5K', distance: '5K', startsAt })
  const half = registrations.addEvent(race.raceId, { name: 'Half', distance: 'Half Marathon', startsAt })
  const count = options.people ?? 0
  const everybody = makePeople({ seed: 7, year: 2025, count: count + 20 })
  const nextPerson = (): NewRegistration => {
    const person = everybody.pop()
    if (!person) throw new Error('nobody left')
    return { person }
  }
  for (let made = 0; made < count; made++) registrations.add(fiveK.eventId, nextPerson())
  const server = createRunSignUpServer({
    registrations,
    keys: CANARY,
    clock,
    ...(options.forbidden ? { forbidden: options.forbidden } : {}),
  })
  await server.start()
  onTestFinished(() => server.stop())
  const budget: Budget = { spent: 0 }
  const contextOf = (more: Partial<ProviderContext> = {}): ProviderContext =>
    contextFor({ budget, clock, settings: { base_url: server.url }, ...more })
  const refOf = (event: { readonly eventId: number }) => ({
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
    nextPerson,
    budget,
    contextOf,
    refOf,
    advance: (ms: number): void => {
      now += ms
    },
  }
}
