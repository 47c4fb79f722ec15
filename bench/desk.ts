import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { chromium, type Page } from 'playwright'
import { type Client, clientOverHttp } from '../src/server/client.ts'
import { type Cost, costSince, watchCost } from './desk-cost.ts'
import { handsAt, type Pressed, watchKeys } from './desk-keys.ts'
import { heard, queue, type Task, type Visitor } from './desk-tasks.ts'
import { type Figure, inFolder, percentile, round } from './measure.ts'

const PEOPLE = 60_000
const READS_PER_SECOND = 1200
const EACH_MS = 1000
const CHIP = '058C'
const SYSTEM_CHROMIUM = '/usr/bin/chromium'

interface Desk {
  readonly page: Page
  readonly client: Client
  readonly raceDayId: string
  readonly reader: ChildProcess
  cost(): Promise<Cost>
}

interface Round {
  readonly tasks: number
  readonly seconds: number
  readonly wrong: readonly string[]
  readonly pressed: readonly Pressed[]
  readonly slow: readonly number[]
  readonly reads: number
  readonly cost: Cost
}

/** How many the bib box lists. */
const LISTED = 20
/** The letter that is left out is the third: with this many it is missing. */
const FEWEST_LETTERS = 4

/** Of a name as it is heard, as much as it takes until its last letter brings somebody into the list. */
async function untilListed({ client, raceDayId }: Desk, id: string, text: string): Promise<string> {
  let listed = true
  for (let letters = FEWEST_LETTERS - 1; letters <= text.length; letters += 1) {
    const q = text.slice(0, letters)
    const before = listed
    listed = (await client.raceDay.lookup({ q, raceDayId, limit: LISTED })).matches.some(one => one.id === id)
    if (listed && !before) return q
  }
  throw new Error(`no letter of “${text}” brings ${id} into the list`)
}

/** Somebody of the crowd whom no other task meets. */
async function visitor(desk: Desk, place: number, task: Task): Promise<Visitor> {
  const { client, raceDayId } = desk
  const bib = String(100 + place * 487)
  const [found] = (await client.raceDay.lookup({ bib, raceDayId })).matches
  if (!found) throw new Error(`nobody wears ${bib}`)
  const { id } = found
  const [firstName, lastName] = [found.firstName ?? '', found.lastName ?? '']
  return {
    id,
    bib,
    firstName,
    lastName,
    spareBib: String(PEOPLE + 100 + place),
    heardAs: task.byName ? await untilListed(desk, id, heard(firstName, lastName)) : null,
  }
}

async function wrong(desk: Desk, task: Task, who: Visitor): Promise<string | null> {
  const bib = task.bib?.(who) ?? who.bib
  const { matches } = await desk.client.raceDay.lookup({ bib, raceDayId: desk.raceDayId })
  const shown = await desk.page.locator('[aria-label="Help desk"] article').getAttribute('aria-label')
  if (!shown?.includes(who.lastName)) return `${task.name}: ${who.bib} asked for, ${shown} on the screen`
  const [after] = matches
  return after && task.done(after, who) ? null : `${task.name} of bib ${bib} had no effect`
}

/** Sixty who come to the desk, one a second. */
async function sixty(desk: Desk, tasks: readonly Task[], visitors: readonly Visitor[]): Promise<Round> {
  const { page, client, reader } = desk
  await page.evaluate(() => {
    window.deskKeys.pressed.length = 0
    window.deskKeys.slow.length = 0
  })
  const hands = handsAt(page)
  const failed: string[] = []
  const before = (await client.timing.status()).reads
  const spent = await desk.cost()
  const began = performance.now()
  for (const [n, task] of tasks.entries()) {
    const who = visitors[n]
    if (who === undefined) continue
    const early = began + n * EACH_MS - performance.now()
    if (early > 0) await page.waitForTimeout(early)
    reader.send({ atDesk: Number(who.bib) })
    const said = await task.run(hands, who).then(
      () => wrong(desk, task, who),
      (error: unknown) => `${task.name} of bib ${who.bib}: ${(error as Error).message.split('\n')[0]}`,
    )
    if (said !== null) failed.push(said)
  }
  const seconds = (performance.now() - began) / 1000
  const { pressed, slow } = await page.evaluate(() => ({
    pressed: window.deskKeys.pressed,
    slow: window.deskKeys.slow,
  }))
  const reads = (await client.timing.status()).reads - before
  const cost = costSince(spent, await desk.cost())
  return { tasks: tasks.length, seconds, wrong: failed, pressed, slow, reads, cost }
}

/** An answer that feels like one. */
const PROMPT_MS = 100

const spread = (samples: readonly number[]): string =>
  samples.length === 0
    ? 'none'
    : `p50 ${round(percentile(samples, 0.5), 0)} ms, p99 ${round(percentile(samples, 0.99), 0)} ms, max ${round(Math.max(...samples), 0)} ms of ${samples.length}`

const known = (samples: readonly (number | null)[]): number[] => samples.flatMap(one => one ?? [])
const answers = ({ pressed }: Round, ...what: readonly Pressed['what'][]): string =>
  spread(known(pressed.filter(one => what.includes(one.what)).map(one => one.answered)))
const letters = ({ pressed }: Round): string => spread(known(pressed.map(one => one.painted)))
/** Whatever a key was to do: its letter, and what it asked for. */
const all = ({ pressed }: Round): string => {
  const samples = known(pressed.flatMap(one => [one.painted, one.answered]))
  return `${spread(samples)}, ${samples.filter(one => one > PROMPT_MS).length} over ${PROMPT_MS} ms`
}
const effects = ({ tasks, wrong: failed, seconds, reads }: Round): string =>
  `${tasks - failed.length} of ${tasks} tasks had their effect in ${round(seconds, 1)} s, ${Math.round(reads / seconds).toLocaleString('en')} reads/s journalled${failed.map(one => `; ${one}`).join('')}`
const slowest = ({ slow, pressed }: Round): string =>
  `${slow.length} of ${pressed.length} keys took 16 ms or longer, ${spread(slow)}`

const costSaid = ({ cost, seconds }: Round): string =>
  `engine ${round(cost.engine, 1)} s, page ${round(cost.page, 1)} s (scripts ${round(cost.scripts, 1)}, styles and layout ${round(cost.layout, 1)}) in ${round(seconds, 1)} s`

async function started(file: string, args: readonly (string | number)[]): Promise<[ChildProcess, unknown]> {
  const child = fork(join(import.meta.dirname, file), args.map(String))
  const [message] = await once(child, 'message')
  return [child, message]
}

async function ended(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit')
  child.disconnect()
  await gone
}

/** The help desk in a real browser by keyboard alone: without a read arriving, then with all of them. */
export const benchDesk = (): Promise<Figure[]> =>
  inFolder(async folder => {
    const [app, message] = await started('desk-process.ts', [folder, PEOPLE, CHIP])
    const { address, signIn, token, timingPort } = message as {
      readonly address: string
      readonly signIn: string
      readonly token: string
      readonly timingPort: number
    }
    const client = clientOverHttp(address, token)
    const [reader] = await started('desk-reader.ts', [timingPort, PEOPLE, CHIP, READS_PER_SECOND])
    while ((await client.timing.status()).linked < PEOPLE)
      await new Promise(resolve => setTimeout(resolve, 200))
    const browser = await chromium.launch({
      ...(existsSync(chromium.executablePath()) ? {} : { executablePath: SYSTEM_CHROMIUM }),
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
    })
    const page = await browser.newPage({ viewport: { width: 1366, height: 768 } })
    await page.addInitScript(watchKeys)
    await page.goto(signIn)
    await page.getByLabel('Bib, chip or name', { exact: true }).waitFor()
    const [day] = (await client.raceDay.raceDays()).raceDays
    if (!day) throw new Error('no race day')
    const cost = await watchCost(page, app)
    const desk: Desk = { page, client, raceDayId: day.id, reader, cost }
    const tasks = queue()
    const visitors = (first: number): Promise<Visitor[]> =>
      Promise.all(tasks.map((task, n) => visitor(desk, first + n, task)))
    const [early, late] = [await visitors(0), await visitors(tasks.length)]
    const quiet = await sixty(desk, tasks, early)
    reader.send({ go: true })
    const loud = await sixty(desk, tasks, late)
    await browser.close()
    await ended(reader)
    await ended(app)
    const people = PEOPLE.toLocaleString('en')
    const line = (what: string, of: (one: Round) => string, reach: string): Figure => ({
      what,
      measured: of(loud),
      beside: `no read arriving: ${of(quiet)}`,
      reach,
    })
    return [
      line(`sixty at the help desk, ${people} people, ${READS_PER_SECOND} reads/s`, effects, '60 in 60 s'),
      line('each keystroke → its letter or its answer painted, all of the following', all, 'p99 ≤ 100 ms'),
      line('key → letter painted', letters, 'p99 ≤ 100 ms'),
      line('Enter → person painted', round => answers(round, 'person'), 'p99 ≤ 100 ms'),
      line('last letter of a name with a typo → found', round => answers(round, 'matches'), 'p99 ≤ 100 ms'),
      line('function key → question painted', round => answers(round, 'question'), 'p99 ≤ 100 ms'),
      line('Enter or key → decision painted', round => answers(round, 'decision'), 'p99 ≤ 100 ms'),
      line('as the browser reports it, key → next paint', slowest, '–'),
      line('CPU time of it all', costSaid, '–'),
    ]
  })
