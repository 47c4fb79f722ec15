import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { createSession } from '../src/store/links.ts'
import { watchLoop } from './loop-delay.ts'
import { type Figure, inFolder, ms, percentile, round } from './measure.ts'
import { connect, startProviders } from './providers.ts'
import { callsOf, journalled, linked, many, openRaceApp } from './race-app.ts'
import type { Asked } from './race-reader.ts'

const RATE = 1200
/** Longer than the sync takes on a slow machine; what is left when it ends is not waited for. */
const SECONDS = 300

/** A first sync of so many people while 1,200 reads a second arrive: what the engine's process bears at most. */
export const benchSyncBesideReads = (people: number, answerMs: number): Promise<Figure> =>
  inFolder(async folder => {
    const providers = await startProviders(people, answerMs)
    const app = openRaceApp(folder)
    await app.start()
    const call = callsOf(app)
    app.store.write(writer => createSession(writer, { name: 'bench', timezone: 'UTC', raceDayId: null }))
    const gunAt = Date.now() - 3_600_000
    const reader = fork(
      join(import.meta.dirname, 'race-reader.ts'),
      [0, people, gunAt, app.timingPort() ?? 0].map(String),
    )
    const ready = once(reader, 'message')
    try {
      const connectionId = await connect(call, providers.outside)
      await ready
      const asked: Asked = { reads: RATE * SECONDS, rate: RATE }
      reader.send(asked)
      const behind: number[] = []
      let memory = 0
      const sampling = setInterval(() => {
        memory = Math.max(memory, process.memoryUsage().rss)
        behind.push(journalled(app) - linked(app))
      }, 100)
      const loop = watchLoop()
      const before = journalled(app)
      const began = performance.now()
      const { operation } = await call.sync.manual({ connectionId, wait: true })
      const seconds = ms(began) / 1000
      await setTimeout(20)
      const delay = loop.said()
      clearInterval(sampling)
      return {
        what: `${many(people)} participants through sync while ${many(RATE)} reads/s arrive`,
        measured: `${delay}; ${round(memory / 1e6, 0)} MB of memory at most`,
        beside: `${round(seconds)} s for ${operation?.addedRecords} people; ${many((journalled(app) - before) / seconds)} reads/s journalled, not linked yet p99 ${percentile(behind, 0.99)}`,
        reach: 'event loop p99 ≤ 50 ms, ≤ 300 MB',
      }
    } finally {
      // It would send what is left for minutes.
      reader.kill()
      providers.process.disconnect()
      await app.stop()
    }
  })
