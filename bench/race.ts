import { statSync } from 'node:fs'
import type { App } from '../src/app/app.ts'
import { storeEvent } from '../src/store/events.ts'
import { createSession } from '../src/store/links.ts'
import { watchLoop } from './loop-delay.ts'
import { type Figure, inFolder, ms, round, until } from './measure.ts'
import { variedNames } from './names.ts'
import { crowd, harbor } from './people.ts'
import { collectorRate } from './postgres.ts'
import { callsOf, countLinked, journalled, linked, many, openRaceApp, said } from './race-app.ts'
import { onFullStore, screenOf } from './race-full.ts'
import { type Readers, startReaders } from './race-readers.ts'
import { rawInserts } from './raw-inserts.ts'

const READS = 2_500_000
const READS_EACH = 41.3
const RATE = 1200
const PACED_S = 60
const PACED_AGAIN_S = 20
const WINDOW = 250_000
/** Reads stored the existing collector's way. */
const COLLECTED = 2000
const LOOKUP_EVERY_MS = 50
/** As the screens read again while reads come in. */
const SCREEN_EVERY_MS = 250

const now = (): number => performance.timeOrigin + performance.now()

/** Asks again and again until stopped; how long each took. */
function asking(everyMs: number, ask: () => Promise<unknown>): { stop(): Promise<readonly number[]> } {
  const samples: number[] = []
  let going = true
  const work = (async () => {
    while (going) {
      const began = performance.now()
      await ask()
      samples.push(ms(began))
      await new Promise(resolve => setTimeout(resolve, everyMs))
    }
  })()
  return {
    async stop() {
      going = false
      await work
      return samples
    },
  }
}

/** Line at the reader → link visible, while bibs are looked up; with a screen open if there is one. */
async function paced(
  app: App,
  readers: Readers,
  options: {
    readonly seconds: number
    readonly people: number
    readonly screen: (() => Promise<unknown>) | null
  },
): Promise<Pick<Figure, 'measured' | 'beside'>> {
  const call = callsOf(app)
  await until(() => linked(app) === journalled(app))
  const first = linked(app)
  const visible: number[] = []
  const off = app.store.onChange(tables => {
    if (!tables.has('read_links')) return
    const at = now()
    for (const last = linked(app); first + visible.length < last; ) visible.push(at)
  })
  let asked = 0
  const lookups = asking(LOOKUP_EVERY_MS, () => {
    asked += 1
    return call.raceDay.lookup({ bib: String(1 + ((asked * 7919) % options.people)) })
  })
  const screen = options.screen === null ? null : asking(SCREEN_EVERY_MS, options.screen)
  const loop = watchLoop()
  const cpu = process.cpuUsage()
  const answers = await readers.send(RATE * options.seconds, RATE)
  const sent = answers.reduce((sum, answer) => sum + answer.pushed, 0)
  await until(() => visible.length >= sent)
  const used = process.cpuUsage(cpu)
  const delay = loop.said()
  const looked = await lookups.stop()
  const screens = await screen?.stop()
  off()
  const pushed = new Map(answers.flatMap(answer => answer.times))
  const rows = app.store.read.all<{ id: number; key: string }>(
    `SELECT id, stream_location || '|' || chip || '|' || read_at AS key FROM timing_reads WHERE id > ? AND id <= ?`,
    first,
    first + sent,
  )
  const samples = rows.flatMap(({ id, key }) => {
    const from = pushed.get(key)
    const to = visible[id - first - 1]
    return from === undefined || to === undefined ? [] : [to - from]
  })
  const busy = round(((used.user + used.system) / 1e6 / options.seconds) * 100, 0)
  return {
    measured: `${said(samples)}; ${delay}`,
    beside: `${many(samples.length)} reads, ${looked.length} bib lookups ${said(looked)}${screens ? `, ${screens.length} times a screen ${said(screens)}` : ''}; the engine used ${busy} % of a core`,
  }
}

/** As fast as it goes, until so many are stored. */
async function flood(app: App, readers: Readers, reads: number): Promise<Figure> {
  const before = linked(app)
  const counted = countLinked(app)
  const marks: { readonly reads: number; readonly at: number }[] = [{ reads: before, at: performance.now() }]
  const loop = watchLoop()
  const cpu = process.cpuUsage()
  const sending = readers.send(reads - before, null)
  const mark = setInterval(() => {
    const done = linked(app)
    const last = marks.at(-1)
    if (last && done - last.reads >= WINDOW) marks.push({ reads: done, at: performance.now() })
  }, 100)
  const sent = (await sending).reduce((sum, answer) => sum + answer.pushed, 0)
  await until(() => linked(app) >= before + sent, 20)
  clearInterval(mark)
  // What is asked afterwards is asked of a store at rest.
  await until(() => countLinked(app) >= counted + sent, 200)
  const used = process.cpuUsage(cpu)
  marks.push({ reads: linked(app), at: performance.now() })
  const rate = (from: number, to: number): number => {
    const [a, b] = [marks.at(from), marks.at(to)]
    return a && b ? (b.reads - a.reads) / ((b.at - a.at) / 1000) : Number.NaN
  }
  const rates = marks.slice(1).map((_, index) => many(rate(index, index + 1)))
  return {
    what: `journal + link as fast as it goes, three readers' programs, to ${many(linked(app))} reads`,
    measured: `${many(rate(0, -1))} reads/s; ${loop.said()}`,
    beside: `by ${many(WINDOW)}: ${rates.join(', ')}; ${round((used.user + used.system) / sent, 1)} µs CPU a read`,
    reach: 'no slower as the store grows',
  }
}

/** A real start's shape at a real size: `npm run bench -- race [READS] [PACED_SECONDS]`. */
export const benchRace = (sizes: readonly number[]): Promise<Figure[]> =>
  inFolder(async folder => {
    const [reads = READS, seconds = PACED_S] = sizes
    const people = Math.round(reads / READS_EACH)
    const app = openRaceApp(folder)
    const event = app.store.write(writer => storeEvent(writer, 'bench', harbor))
    crowd(app.store, event, people, variedNames(5))
    const raceDayId = app.store.read.get<{ id: string }>('SELECT id FROM race_days')?.id ?? ''
    app.store.write(writer => createSession(writer, { name: 'bench', timezone: 'UTC', raceDayId }))
    await app.start()
    const readers = await startReaders(app, people)
    const screenOn = (of: App) => {
      const screen = Object.entries(screenOf(callsOf(of), raceDayId)).slice(0, 6)
      return async () => {
        for (const [, ask] of screen) await ask()
      }
    }
    const size = `${many(people)} people`
    const figures: Figure[] = [
      {
        what: `line at the reader → link visible, ${many(RATE)} reads/s for ${seconds} s by CTP01 and MYLAPS, ${size}`,
        ...(await paced(app, readers, { seconds, people, screen: null })),
        reach: 'p99 ≤ 25 ms',
      },
      await flood(app, readers, reads),
    ]
    const stored = linked(app)
    const bytes = statSync(app.store.file).size
    figures.push({
      what: 'what that takes',
      measured: `${round(process.memoryUsage().rss / 1e6, 0)} MB of memory, ${round(bytes / 1e6, 0)} MB on disk`,
      beside: `${round(bytes / stored, 0)} bytes a read, its link and all indexes`,
      reach: '–',
    })
    figures.push(...(await onFullStore(app, raceDayId, people)))
    figures.push({
      what: `the same ${many(RATE)} reads/s for ${PACED_AGAIN_S} s on that store, a race day's screen open`,
      ...(await paced(app, readers, { seconds: PACED_AGAIN_S, people, screen: screenOn(app) })),
      reach: 'p99 ≤ 25 ms',
    })
    readers.stop()
    await app.stop()
    const began = performance.now()
    const again = openRaceApp(folder)
    await again.start()
    const ready = ms(began)
    await again.stop()
    figures.push({
      what: 'the engine is ready on that store',
      measured: `${round(ready, 0)} ms`,
      beside: 'modules are loaded already',
      reach: '≤ 500 ms',
    })
    const raw = rawInserts(folder, stored)
    const collector = await collectorRate(folder, COLLECTED)
    figures.push({
      what: `raw inserts of the same columns and unique key, by the hundred, ${many(stored)}`,
      measured: `${many(raw.whole)}/s, the last ${many(raw.window)}: ${many(raw.last)}/s`,
      beside: `${round(raw.cpu, 1)} µs CPU a read; the collector's way, a Postgres connection and commit a read: ${many(collector)}/s (${many(COLLECTED)} reads)`,
      reach: '–',
    })
    return figures
  })
