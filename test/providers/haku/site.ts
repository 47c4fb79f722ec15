import { onTestFinished } from 'vitest'
import type { Json } from '../../../src/core/runtime.ts'
import { haku } from '../../../src/providers/haku/index.ts'
import type { Cursor, EventRef, Page, ProviderContext } from '../../../src/providers/provider.ts'
import { createHakuServer } from '../../../src/rehearsal/haku-server.ts'
import { makePeople } from '../../../src/rehearsal/people.ts'
import { createRegistrations, type Registration } from '../../../src/rehearsal/registrations.ts'
import { type Budget, contextFor } from '../outside.ts'

type ServerOptions = Partial<Parameters<typeof createHakuServer>[0]>
let accounts = 0

/** Haku with one event of two categories, and an account that works with it. */
export async function hakuSite(options: ServerOptions & { readonly people?: number } = {}) {
  let now = Date.parse('2026-05-08T11:00:00Z')
  const clock = () => now
  const registrations = createRegistrations({ clock })
  const race = registrations.addRace({ name: 'Harbor Run', timezone: 'America/Chicago' })
  const startsAt = Date.parse('2026-05-09T13:00:00Z')
  const fiveK = registrations.addEvent(race.raceId, { name: '5K', distance: '5K', startsAt })
  const half = registrations.addEvent(race.raceId, { name: 'Half Marathon', startsAt: startsAt - 3_600_000 })
  const waiting = makePeople({ seed: 7, year: 2026, count: (options.people ?? 0) + 100 })
  let bibs = 0
  const add = (event: { readonly eventId: number } = fiveK): Registration => {
    const person = waiting.pop()
    if (!person) throw new Error('nobody left')
    bibs += 1
    now += 1000
    return registrations.add(event.eventId, { person, bib: bibs, chip: `C${bibs}` })
  }
  const added = Array.from({ length: options.people ?? 0 }, () => add())
  now += 3_600_000
  const keys = { client_id: 'canary-client', client_secret: `canary-secret-${accounts++}` }
  const server = createHakuServer({ registrations, keys, clock, ...options })
  await server.start()
  onTestFinished(() => server.stop())
  const budget: Budget = { spent: 0 }
  const settings = { base_url: server.url, auth_url: server.url }
  const whole: EventRef = {
    sourceEventId: String(race.raceId),
    sourceRaceId: String(race.raceId),
    timezone: null,
  }
  return {
    server,
    registrations,
    race,
    fiveK,
    half,
    add,
    added,
    keys,
    budget,
    settings,
    whole,
    categoryRef: (name: string): EventRef => ({ ...whole, sourceEventId: `${race.raceId}/${name}` }),
    contextOf: (more: Partial<ProviderContext> = {}): ProviderContext =>
      contextFor({ budget, clock, credentials: keys, settings, ...more }),
    advance: (ms: number): void => {
      now += ms
    },
    /** Registrations whose details were asked for, from this call on. */
    details: (from = 0): readonly number[] =>
      server.calls
        .slice(from)
        .flatMap(({ path }) => /\/registrations\/(\d+)$/.exec(path)?.[1] ?? [])
        .map(Number),
    /** Pages of the list that were asked for, from this call on. */
    listed: (from = 0): readonly number[] =>
      server.calls
        .slice(from)
        .filter(({ path }) => path.endsWith('/participants'))
        .map(({ query }) => Number(query.page)),
  }
}

const participants = haku.participants ?? { pull: undefined, normalize: undefined }

export const pull = (
  context: ProviderContext,
  event: EventRef,
  since: Cursor | null = null,
): AsyncIterable<Page<Json>> => {
  if (!participants.pull) throw new Error('Haku has participants')
  return participants.pull(context, event, since)
}

export const normalize = (item: Json) => {
  if (!participants.normalize) throw new Error('Haku has participants')
  return participants.normalize(item)
}
