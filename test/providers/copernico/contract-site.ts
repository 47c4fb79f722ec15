import { onTestFinished } from 'vitest'
import { copernico } from '../../../src/providers/copernico/index.ts'
import { createCopernicoServer } from '../../../src/rehearsal/copernico-server.ts'
import type { MakeSite } from '../contract/site.ts'
import { FIVE_K, harborRace, KEY, RACE_ID, settingsOf } from './site.ts'

export const copernicoContractSite: MakeSite = async ({ people, skewMs = 0 }) => {
  let now = Date.parse('2026-05-09T11:00:00Z')
  const race = harborRace()
  let made = 0
  const add = (): string => {
    const key = `runsignup:${++made}`
    race.register(FIVE_K, key, { dorsal: String(made), name: 'Ana', surname: 'Berg', gender: 'female' })
    return key
  }
  while (made < people) add()
  const server = createCopernicoServer({ race, apiKey: KEY.api_key, clock: () => now + skewMs })
  await server.start()
  onTestFinished(() => server.stop())
  return {
    provider: copernico,
    server,
    budget: { spent: 0 },
    settings: settingsOf(server.url),
    credentials: KEY,
    clock: () => now,
    advance: ms => {
      now += ms
    },
    secrets: () => Object.values(KEY),
    // It has no pages.
    pageSize: 'size',
    error200: { fault: { kind: 'error200', code: 4 }, code: 'provider.refused' },
    places: {
      wanted: { eventName: '5K', raceName: 'Harbor Run', eventDate: '2026-05-09', onlyEvent: true },
      target: { targetEventId: RACE_ID, targetRaceId: FIVE_K, name: '5K' },
      values: { dorsal: '900', name: 'Ana', surname: 'Berg' },
      keys: () => race.athletesOf(FIVE_K).map(({ id }) => id),
      add,
      remove: race.remove,
      edit: (key, bib) => race.register(FIVE_K, key, { dorsal: String(bib) }),
    },
  }
}
