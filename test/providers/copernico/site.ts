import { onTestFinished } from 'vitest'
import type { Entry, ProviderContext } from '../../../src/providers/provider.ts'
import { createCopernicoRace } from '../../../src/rehearsal/copernico-athletes.ts'
import { type CopernicoWays, createCopernicoServer } from '../../../src/rehearsal/copernico-server.ts'
import { type Budget, contextFor } from '../outside.ts'

export const KEY = { api_key: 'canary-copernico-key' } as const
export const RACE_ID = '3f6c2b1e-8a47-4c0d-9b5e-2d7a1c9e4f10'
export const FIVE_K = '0b8e1c52-4e0c-4d0a-9f0e-1f2f3a4b5c01'
export const HALF = '0b8e1c52-4e0c-4d0a-9f0e-1f2f3a4b5c02'

/** A race in Copernico with two events and a preset that suits us. */
export const harborRace = () =>
  createCopernicoRace({
    id: RACE_ID,
    slug: 'harbor-run-2026',
    events: [
      { id: FIVE_K, name: '5K', splits: ['Salida', 'Km 2', 'Meta'] },
      { id: HALF, name: 'Media Maratón', splits: ['Salida', 'Meta'] },
    ],
    presets: [
      {
        login: 'crew@example.com',
        name: 'Trackside',
        columns: {
          ...{ id: 'id', dorsal: 'dorsal', name: 'name', surname: 'surname', gender: 'gender' },
          ...{ birthdate: 'birthdate', status: 'status', email: 'email' },
        },
      },
      {
        login: 'crew@example.com',
        name: 'Con tiempos',
        columns: {
          ...{ id: 'id', dorsal: 'dorsal', name: 'name', status: 'status' },
          ...{ km2: 'Km 2:time', oficial: 'Meta:time', neto: 'Meta:net', puesto: 'Meta:pos' },
        },
      },
      { login: 'crew@example.com', name: 'Sin id', columns: { dorsal: 'dorsal', name: 'name' } },
    ],
  })

/** What a connection to that race says. */
export const settingsOf = (url: string): Readonly<Record<string, string>> => ({
  race_id: RACE_ID,
  events: `5K = ${FIVE_K}; Half Marathon = ${HALF} Media Maratón`,
  race_slug: 'harbor-run-2026',
  preset_login: 'crew@example.com',
  preset_name: 'Trackside',
  base_url: url,
  push_url: url,
})

/** With columns of times, so that no athlete is asked for. */
export const COLUMNS = {
  preset_name: 'Con tiempos',
  result_columns: 'gun = oficial; chip = neto; place = puesto; Km 2 = km2',
} as const

export async function copernicoSite(ways: CopernicoWays = {}) {
  const race = harborRace()
  const server = createCopernicoServer({ race, apiKey: KEY.api_key, clock: Date.now, ways })
  await server.start()
  onTestFinished(() => server.stop())
  const budget: Budget = { spent: 0 }
  const contextOf = (
    settings: Readonly<Record<string, string>> = {},
    more: Partial<ProviderContext> = {},
  ): ProviderContext =>
    contextFor({
      budget,
      credentials: KEY,
      settings: { ...settingsOf(server.url), ...settings },
      ...more,
    })
  const target = { targetEventId: RACE_ID, targetRaceId: FIVE_K, name: '5K' }
  const entryOf = (number: number, values: Readonly<Record<string, string>> = {}): Entry => ({
    key: `runsignup:${number}`,
    entryId: null,
    raceId: FIVE_K,
    values: {
      dorsal: String(number),
      name: 'Ana',
      surname: `Berg ${number}`,
      gender: 'female',
      ...values,
    },
  })
  return { race, server, budget, contextOf, target, entryOf }
}
