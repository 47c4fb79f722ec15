import { onTestFinished } from 'vitest'
import type { Entry, ProviderContext } from '../../../src/providers/provider.ts'
import { createCtliveServer } from '../../../src/rehearsal/ctlive-server.ts'
import { createScoring } from '../../../src/rehearsal/scoring.ts'
import { type Budget, contextFor, LOGIN } from '../outside.ts'

/** CTLive with one event of two races, and a login that works with it. */
export async function ctliveSite(options: { readonly pageHeaders?: boolean } = {}) {
  const scoring = createScoring()
  const event = scoring.addEvent({ event_name: 'Harbor Run', event_start_time: '2025-05-17 08:00:00' })
  const eventId = event.event_id ?? ''
  const fiveK = scoring.addRace(eventId, { race_name: '5K', race_tag: 'FIVE' })
  const half = scoring.addRace(eventId, { race_name: 'Half Marathon', race_tag: 'HALF' })
  const server = createCtliveServer({
    scoring,
    login: LOGIN,
    clock: Date.now,
    pageHeaders: options.pageHeaders ?? true,
  })
  await server.start()
  onTestFinished(() => server.stop())
  const budget: Budget = { spent: 0 }
  const contextOf = (more: Partial<ProviderContext> = {}): ProviderContext =>
    contextFor({ budget, credentials: LOGIN, settings: { base_url: server.url }, ...more })
  const raceId = fiveK.race_id ?? ''
  const target = { targetEventId: eventId, targetRaceId: raceId, name: '5K' }
  const entryOf = (number: number, values: Readonly<Record<string, string>> = {}): Entry => ({
    key: `key-${number}`,
    entryId: null,
    raceId,
    values: {
      entry_bib: String(number),
      athlete_first_name: 'Ana',
      athlete_last_name: `Berg ${number}`,
      ...values,
    },
  })
  return { server, scoring, eventId, raceId, fiveK, half, budget, contextOf, target, entryOf }
}
