import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  type CountAside,
  type CountAsideParts,
  createCountAside,
} from '../../src/app/counting/count-aside.ts'
import { createCounting } from '../../src/app/counting/counting.ts'
import type { Log } from '../../src/core/runtime.ts'
import { type JournalRead, journal } from '../../src/store/reads.ts'
import { openStore } from '../../src/store/store.ts'
import { createLinker } from '../../src/timing/linker.ts'
import { NOON, putPerson, putRace, quiet, type TestStore, testStore } from '../timing/race.ts'

let stage: TestStore
let session: string
let day: string
const running: CountAside[] = []

beforeEach(() => {
  stage = testStore()
  const people = Array.from({ length: 120 }, (_, n) => ({ id: `person-${n}`, bib: String(n + 1) }))
  session = putRace(stage.store, people)
  day = stage.store.read.get<{ id: string }>('SELECT id FROM race_days')?.id ?? ''
})
afterEach(async () => {
  for (const aside of running.splice(0)) await aside.stop()
  stage.close()
})

/** What it warned of. */
const warnings: string[] = []
const log: Log = { ...quiet, warn: (_, message) => warnings.push(message) }
beforeEach(() => {
  warnings.length = 0
})

const start = (parts: Partial<CountAsideParts> = {}): CountAside => {
  const aside = createCountAside({
    ...{ store: stage.store, clock: Date.now, log, nativeBinding: undefined, large: 0 },
    ...parts,
  })
  running.push(aside)
  return aside
}

const chipRead = (location: string, chip: number, second: number): JournalRead => ({
  ...{ kind: 'chip', identity: `${location}|${chip}@${second}`, source: 'test', device: location },
  ...{ streamId: null, streamLocation: location, sequence: null, chip: String(chip), bibNumber: null },
  ...{ readAt: NOON + second * 1000, rawTime: null, timeProblem: null, antenna: null, rssi: null },
  ...{ lap: null, raw: '' },
})

const read = (...reads: readonly JournalRead[]): void => {
  stage.store.write(writer => journal(writer, session, reads, NOON))
  const linker = createLinker({ store: stage.store, log: quiet })
  linker.linkNow()
}

/** 120 people at the start, two thirds of them at the finish, some read twice, three chips that are nobody's. */
const race = (): void => {
  const numbers = Array.from({ length: 123 }, (_, n) => n + 1)
  const finished = numbers.filter(n => n % 3 > 0)
  read(
    ...numbers.map(n => chipRead('Start', n, n % 60)),
    ...numbers.slice(0, 40).map(n => chipRead('Start', n, (n % 60) + 1)),
    ...finished.map(n => chipRead('Finish', n, 1800 + n)),
  )
  stage.store.write(writer => {
    putPerson(writer, { id: 'twin', bib: '7' })
    putPerson(writer, { id: 'nameless' })
  })
}

/** Programs of a thread that is not ours. */
const program = (text: string): string => {
  const file = join(dirname(stage.store.file), 'program.mjs')
  writeFileSync(file, text)
  return file
}

const dying = (): string =>
  program(`import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => process.exit(3))`)

const questions = (limit: number) => ({
  ...{ raceDayId: day, eventId: undefined, kind: undefined, after: undefined },
  limit,
})

test('the thread answers every question as it is answered beside the reads', async () => {
  race()
  const { count } = start()
  const here = createCounting(stage.store.read, Date.now)
  const each = {
    entered: [await count('entered', day), await here.entered(day)],
    raceDay: [await count('raceDay', day), await here.raceDay(day)],
    stillOut: [await count('stillOut', day, null), await here.stillOut(day, null)],
    ofAnEvent: [await count('stillOut', day, '10K'), await here.stillOut(day, '10K')],
    preflight: [await count('preflight', day), await here.preflight(day)],
    reads: [await count('reads', session), await here.reads(session)],
    links: [await count('links', session), await here.links(session)],
    unlinkedReads: [await count('unlinkedReads', session), await here.unlinkedReads(session)],
    unlinked: [await count('unlinked', session, 2), await here.unlinked(session, 2)],
    places: [await count('places', session), await here.places(session)],
    questionable: [await count('questionable', questions(9)), await here.questionable(questions(9))],
  }
  for (const [name, [aside, beside]] of Object.entries(each)) expect(aside, name).toEqual(beside)
  expect(Object.keys(each)).toEqual(expect.arrayContaining(Object.keys(here)))
  // They are answers of this race, not of an empty one.
  expect(each.raceDay[0]).toMatchObject({ started: 120, finished: 80, stillOut: 40 })
  expect(each.stillOut[0]).toMatchObject({ total: 40 })
  expect(each.links[0]).toEqual({ reads: 245, linked: 200, duplicates: 40, unlinked: 5 })
  expect(each.unlinked[0]).toMatchObject({ reads: 5, chips: 3 })
  expect(each.entered[0]).toMatchObject({ registered: 122, withoutBib: 1, doubledBibs: ['7'] })
  expect(warnings).toEqual([])
})

test('an answer holds everything that was committed before it was asked', async () => {
  const { count } = start()
  for (let second = 0; second < 60; second += 1) {
    read(chipRead('Start', second + 1, second))
    expect(await count('links', session)).toMatchObject({ reads: second + 1, linked: second + 1 })
  }
  expect(await count('raceDay', day)).toMatchObject({ started: 60, stillOut: 60 })
})

test('a small store is counted where it is, and by the thread as soon as it is large', async () => {
  race()
  // 120 people, two more, and 245 reads.
  const { count } = start({ thread: dying(), large: 400 })
  expect(await count('reads', session)).toBe(245)
  expect(warnings).toEqual([])
  read(...Array.from({ length: 40 }, (_, n) => chipRead('Finish', n + 1, 4000 + n)))
  expect(await count('reads', session)).toBe(285)
  expect(warnings).toHaveLength(1)
})

test('what is wrong with a question is said by its code, and the next one is answered', async () => {
  race()
  const { count } = start()
  const asked = { ...questions(9), after: 'nonsense' }
  await expect(count('questionable', asked)).rejects.toMatchObject({ code: 'input.invalid' })
  expect(await count('reads', session)).toBe(245)
  expect(warnings).toEqual([])
})

test('a thread that ends by itself takes no question with it: it is answered here, said in the log, and so is the next', async () => {
  race()
  const { count } = start({ thread: dying() })
  const both = await Promise.all([count('reads', session), count('raceDay', day)])
  expect(both).toMatchObject([245, { started: 120, finished: 80 }])
  expect(await count('links', session)).toMatchObject({ reads: 245 })
  // One thread ended: none was started for the last question.
  expect(warnings).toHaveLength(1)
})

test('a thread whose program is not there, or finds no database, is one that ended', async () => {
  race()
  expect(await start({ thread: join(dirname(stage.store.file), 'nowhere.js') }).count('reads', session)).toBe(
    245,
  )
  const moved = { file: join(dirname(stage.store.file), 'moved.db'), read: stage.store.read }
  expect(await start({ store: moved }).count('reads', session)).toBe(245)
  expect(warnings).toHaveLength(2)
})

test('stopped in the middle of a count, it leaves nobody at the database', async () => {
  const many = Array.from({ length: 40_000 }, (_, n) => chipRead('Start', 1 + (n % 120), n))
  stage.store.write(writer => journal(writer, session, many, NOON))
  const { count, stop } = start()
  expect(await count('reads', session)).toBe(40_000)
  const asked = count('places', session)
  const ended = expect(asked).rejects.toMatchObject({ code: 'cancelled' })
  await stop()
  await ended
  await expect(count('reads', session)).rejects.toMatchObject({ code: 'cancelled' })
  stage.store.close()
  // The last connection takes the log with it.
  expect(existsSync(`${stage.store.file}-wal`)).toBe(false)
  rmSync(stage.store.file)
  expect(warnings).toEqual([])
})

test('a store in memory, which can be opened but once, is counted where it is', async () => {
  const store = openStore({ file: ':memory:', migrations: 'drizzle/local', clock: () => NOON })
  const memorySession = putRace(store, [{ id: 'ann', bib: '1' }])
  store.write(writer => journal(writer, memorySession, [chipRead('Start', 1, 0)], NOON))
  createLinker({ store, log: quiet }).linkNow()
  const { count } = start({ store, thread: 'nowhere.js' })
  expect(await count('links', memorySession)).toMatchObject({ reads: 1, linked: 1 })
  expect(warnings).toEqual([])
  store.close()
})

/** Modules that a file brings with it, as Node loads it. */
function packagesOf(file: string, seen: Set<string> = new Set()): Set<string> {
  if (seen.has(file)) return seen
  seen.add(file)
  for (const [, from = ''] of readFileSync(file, 'utf8').matchAll(/^import (?!type )[^'"]*?'([^']+)'/gm))
    if (from.startsWith('.')) packagesOf(resolve(dirname(file), from), seen)
    else seen.add(from)
  return seen
}

test('the thread starts at once: it loads no schema, and of packages SQLite alone', () => {
  const loaded = packagesOf(resolve('src/app/counting/counting-thread.ts'))
  const packages = [...loaded].filter(name => !name.startsWith('/') && !name.startsWith('node:'))
  expect(packages).toEqual(['better-sqlite3'])
  expect(loaded).toContain(resolve('src/store/read-counts.ts'))
})
