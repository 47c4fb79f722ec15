import { createRouterClient } from '@orpc/server'
import type { App } from '../src/app/app.ts'
import { createApp } from '../src/app/create-app.ts'
import { createMemorySecrets } from '../src/secrets/memory.ts'
import { migrations, percentile, round, silent } from './measure.ts'

/** A whole number with its thousands apart. */
export const many = (n: number): string => Math.round(n).toLocaleString('en')
export const said = (samples: readonly number[], digits = 2): string =>
  `p50 ${round(percentile(samples, 0.5), digits)} ms, p99 ${round(percentile(samples, 0.99), digits)} ms`

export const openRaceApp = (folder: string): App =>
  createApp({
    ...{ dataFolder: folder, migrations, version: 'bench', clock: Date.now, fetch, log: silent },
    ...{ timingHost: '127.0.0.1', timingPort: 0, mylapsPort: 0, schedule: false },
    secrets: createMemorySecrets(),
  })

export const callsOf = (app: App) =>
  createRouterClient(app.router, { context: { who: { name: 'bench', role: 'manager' as const } } })
export type Calls = ReturnType<typeof callsOf>

export const journalled = (app: App): number =>
  app.store.read.get<{ n: number | null }>('SELECT MAX(id) AS n FROM timing_reads')?.n ?? 0
export const linked = (app: App): number =>
  app.store.read.get<{ n: number | null }>('SELECT MAX(read_id) AS n FROM read_links')?.n ?? 0
/** How many are linked: numbers have gaps where reads came twice. */
export const countLinked = (app: App): number =>
  app.store.read.get<{ n: number }>('SELECT COUNT(*) AS n FROM read_links')?.n ?? 0
