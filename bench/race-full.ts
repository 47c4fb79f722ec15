import type { App } from '../src/app/app.ts'
import { watchLoop } from './loop-delay.ts'
import { type Figure, ms, round, until } from './measure.ts'
import { type Calls, callsOf, said } from './race-app.ts'

const SCREEN_TRIES = 10

/** What the race day's screen reads again while reads come in, one after the other. */
export const screenOf = (
  call: Calls,
  raceDayId: string,
): Readonly<Record<string, () => Promise<unknown>>> => ({
  'race day counts': () => call.raceDay.counts({ id: raceDayId }),
  'timing status': () => call.timing.status(),
  'live reads': () => call.timing.reads({ limit: 50 }),
  "live reads of one's state": () => call.timing.reads({ limit: 50, state: 'linked' }),
  'live reads of a location': () => call.timing.reads({ limit: 50, location: 'start' }),
  "nobody's reads": () => call.timing.unlinked({}),
  'still out': () => call.stillOut.list({ id: raceDayId }),
  sessions: () => call.timing.sessions(),
  'race days': () => call.raceDay.raceDays(),
  health: () => call.system.health(),
  starts: () => call.starts.list({ id: raceDayId }),
  preflight: () => call.preflight.check({ id: raceDayId }),
  'double bibs': () => call.desk.doubleBibs({ id: raceDayId }),
  'closing facts': () => call.closing.facts({ id: raceDayId }),
})

async function timedCalls(times: number, call: () => Promise<unknown>): Promise<readonly number[]> {
  const samples: number[] = []
  for (let n = 0; n < times; n += 1) {
    const began = performance.now()
    await call()
    samples.push(ms(began))
    if (samples.reduce((sum, each) => sum + each, 0) > 5000) break
  }
  return samples
}

/** Everything a crew does on a full store. */
export async function onFullStore(app: App, raceDayId: string, people: number): Promise<Figure[]> {
  const call = callsOf(app)
  const { read } = app.store
  let n = 0
  const bib = (): string => {
    n += 1
    return String(1 + ((n * 7919) % people))
  }
  const whole = await timedCalls(2000, () => call.raceDay.lookup({ bib: bib() }))
  const bare = await timedCalls(2000, async () =>
    read.get('SELECT * FROM effective_participants WHERE bib_key = ?', bib()),
  )
  const names = read
    .all<{ name: string }>('SELECT last_name AS name FROM effective_participants LIMIT 300')
    .map(row => row.name)
  const loopAtFirst = watchLoop()
  const [firstNamed = 0] = await timedCalls(1, () => call.raceDay.search({ q: 'warm' }))
  const heldAtFirst = loopAtFirst.said()
  const nextName = (): string => {
    n += 1
    return names[n % names.length] ?? ''
  }
  const named = await timedCalls(300, () => call.raceDay.search({ q: nextName() }))
  const twentyWhole = await timedCalls(300, () => call.raceDay.lookup({ q: nextName() }))
  const stale = (): boolean => read.get('SELECT 1 FROM stale_links LIMIT 1') !== undefined
  let changed = 0
  const changes = await timedCalls(100, async () => {
    const [match] = (await call.raceDay.lookup({ bib: bib() })).matches
    if (!match) return
    changed += 1
    await call.raceDay.decide({ id: match.id, field: 'bib_number', value: String(1_000_000 + changed) })
    await until(() => !stale(), 0)
  })
  const screens: string[] = []
  for (const [name, ask] of Object.entries(screenOf(call, raceDayId))) {
    const held = watchLoop()
    const [first = 0] = await timedCalls(1, ask)
    const cpu = process.cpuUsage()
    const samples = await timedCalls(SCREEN_TRIES, ask)
    const used = process.cpuUsage(cpu)
    const each = (used.user + used.system) / 1000 / samples.length
    screens.push(
      `${name}: first ${round(first)} ms, then ${said(samples)}, ${round(each)} ms CPU each; ${held.said()}`,
    )
  }
  const loop = watchLoop()
  const began = performance.now()
  await call.keeping.backUp()
  const backedUp = ms(began)
  return [
    {
      what: 'bib → whole person on that store',
      measured: said(whole, 3),
      beside: `bare indexed SELECT ${said(bare, 3)}`,
      reach: 'p99 ≤ 2 ms',
    },
    {
      what: 'name → twenty people as the bib box lists them, the first whole, on that store',
      measured: said(named),
      beside: `the first of all ${round(firstNamed)} ms, ${heldAtFirst}; twenty whole people ${said(twentyWhole)}`,
      reach: 'p99 ≤ 20 ms',
    },
    {
      what: 'a bib changed at the desk → all reads of both bibs linked again',
      measured: said(changes),
      beside: `${changed} changes, found and decided as well`,
      reach: 'p99 ≤ 100 ms',
    },
    {
      what: 'what screens ask on that store',
      measured: screens.join('\n            '),
      beside: 'counts, still out and closing rest nine times as long as they take',
      reach: 'the event loop is held for ≤ 20 ms',
    },
    {
      what: 'a backup of that store',
      measured: `${round(backedUp / 1000)} s; ${loop.said()}`,
      beside: '–',
      reach: 'the event loop is held for ≤ 50 ms',
    },
  ]
}
