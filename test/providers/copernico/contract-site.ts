import { onTestFinished } from 'vitest'
import { copernico } from '../../../src/providers/copernico/index.ts'
import { createCopernicoServer } from '../../../src/rehearsal/copernico-server.ts'
import type { MakeSite } from '../contract/site.ts'
import { COLUMNS, FIVE_K, HALF, harborRace, KEY, RACE_ID, settingsOf } from './site.ts'

const GUN = Date.parse('2026-05-09T12:00:00Z')

export const copernicoContractSite: MakeSite = async ({ people, skewMs = 0 }) => {
  let now = Date.parse('2026-05-09T11:00:00Z')
  const race = harborRace()
  let made = 0
  const add = (): string => {
    const key = `runsignup:${++made}`
    race.register(FIVE_K, key, { dorsal: String(made), name: 'Ana', surname: 'Berg', gender: 'female' })
    return key
  }
  const scored = new Map<string, number>()
  const finish = (key: string, seconds: number): void => {
    race.pass(key, 'Meta', {
      time: seconds * 1000,
      netTime: seconds * 1000 - 2500,
      rawTime: GUN + seconds * 1000,
    })
    scored.set(key, seconds)
  }
  let timed = 0
  const addResult = (): string => {
    timed += 1
    const key = `runsignup:${9000 + timed}`
    race.register(HALF, key, { dorsal: String(9000 + timed), name: 'Ida', surname: 'Holm', gender: 'female' })
    finish(key, 4000 + timed)
    return key
  }
  while (made < people) {
    add()
    addResult()
  }
  const server = createCopernicoServer({ race, apiKey: KEY.api_key, clock: () => now + skewMs })
  await server.start()
  onTestFinished(() => server.stop())
  return {
    provider: copernico,
    server,
    budget: { spent: 0 },
    settings: { ...settingsOf(server.url), ...COLUMNS },
    credentials: KEY,
    clock: () => now,
    advance: ms => {
      now += ms
    },
    secrets: () => Object.values(KEY),
    // It has no pages.
    pageSize: 'size',
    error200: { fault: { kind: 'error200', code: 4 }, code: 'provider.refused' },
    scored: {
      target: { targetEventId: RACE_ID, targetRaceId: HALF, name: 'Media Maratón' },
      keys: () => [...scored.keys()],
      add: addResult,
      remove(key) {
        race.remove(key)
        scored.delete(key)
      },
      edit: (key, bib) => finish(key, bib / 10),
    },
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
