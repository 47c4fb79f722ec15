import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createRandom, pick } from '../../src/rehearsal/random.ts'
import { inspectDatabase } from '../../src/store/inspect.ts'
import {
  bringEvent,
  effectiveState,
  type Laptop,
  openLaptop,
  openSession,
  said,
  sync,
} from '../support/laptop.ts'
import { startPostgres } from '../support/postgres.ts'
import { migratedDatabase } from './central/migrated.ts'
import { createKilledLaptop, type KilledLaptop } from './killed-laptop.ts'
import { codeFor } from './two-sides.ts'
import { openWay, type Way } from './way.ts'

const postgres = startPostgres()
const MIGRATIONS = join(import.meta.dirname, '..', '..', 'drizzle', 'local')

interface Place {
  readonly laptop: KilledLaptop
  readonly way: Way
}

/** An hour before and behind. */
const OFFSETS = { a: 0, b: 3_600_000, c: -3_600_000 }

/** What may happen to a way: nothing, more often than anything else. */
function spoil(way: Way, random: () => number): void {
  pick(random, [
    () => {},
    () => {},
    () => way.cut(),
    () => way.mend(),
    () => way.mend(),
    () => way.freeze(),
    () => way.delay(random() * 30),
    () => way.cutAfter('COMMIT'),
    () => way.holdBack('COMMIT', 50 + random() * 700, false),
    () => way.holdBack('COMMIT', 50 + random() * 700, true),
  ])()
}

/** Kills one of them at some moment, often before it is up, and starts it again. */
async function killOne({ laptop }: Place, random: () => number): Promise<void> {
  await wait(random() * 500)
  await laptop.kill()
  await wait(random() * 200)
  const up = laptop.start()
  if (random() < 0.2) {
    await wait(random() * 600)
    await laptop.kill()
    await up
    await laptop.start()
  } else await up
}

async function settle(places: readonly Place[]): Promise<void> {
  for (const { way } of places) {
    way.delay(0)
    way.mend()
  }
  for (const { laptop } of places) await laptop.rest()
  let waits: readonly (string | null)[] = []
  for (let round = 0, calm = 0; calm < 2; round++) {
    if (round > 60) throw new Error(`they never come to rest: ${waits.join('; ')}`)
    const said: (string | null)[] = []
    for (const { laptop } of places) said.push(await laptop.settle())
    waits = said
    calm = waits.every(one => one === null) ? calm + 1 : 0
  }
}

/** The first laptop has the race before anybody joins. */
async function prepare(file: string): Promise<void> {
  const laptop = openLaptop('a', Date.now, file)
  bringEvent(laptop)
  sync(
    laptop,
    ['1', '2', '3', '4'].map(key => said(key, { bib_number: key })),
  )
  openSession(laptop)
  await laptop.close()
}

/** What a laptop holds when its process has ended. */
async function stateOf({ name, file }: KilledLaptop) {
  expect(inspectDatabase({ file, migrations: MIGRATIONS }).problem).toBeNull()
  const laptop = openLaptop(name, Date.now, file)
  const all = effectiveState(laptop)
  const state = { own: laptop.store.laptopId, lines: linesOf(laptop), chains: chainsOf(laptop), all }
  await laptop.close()
  return state
}

/** A read as its line, in either database; what was keyed by hand has none, and is known by its press. */
const LINE = "device || '|' || CASE kind WHEN 'manual' THEN identity ELSE raw END"

const linesOf = ({ store }: Laptop): readonly string[] =>
  store.read
    .all<{ line: string }>(`SELECT ${LINE} AS line FROM timing_reads ORDER BY 1`)
    .map(({ line }) => line)

const chainsOf = ({ store }: Laptop): readonly unknown[] =>
  store.read.all('SELECT laptop_id AS laptop, sequence, hash FROM audit_log ORDER BY 1, 2')

type State = ReturnType<typeof effectiveState>

/** The first rows that one holds and the other does not: of thousands nobody finds them otherwise. */
function apart(one: State, other: State): readonly string[] {
  return Object.entries(one).flatMap(([what, rows]) => {
    const lines = (of: readonly unknown[]): readonly string[] =>
      of.map(row => `${what}: ${JSON.stringify(row)}`)
    const [here, there] = [lines(rows), lines(other[what] ?? [])]
    const [inOne, inOther] = [new Set(here), new Set(there)]
    const lone = [...here.filter(line => !inOther.has(line)), ...there.filter(line => !inOne.has(line))]
    if (lone.length === 0 && here.length !== there.length)
      return [`${what}: ${here.length} rows and ${there.length}`]
    return lone.slice(0, 4)
  })
}

async function run(seed: number, kills: number): Promise<void> {
  const random = createRandom(seed)
  const database = await migratedDatabase(postgres, ['One'])
  const folder = mkdtempSync(join(tmpdir(), 'trackside-killed-'))
  const places: Place[] = []
  try {
    await prepare(join(folder, 'a.db'))
    for (const [name, offsetMs] of Object.entries(OFFSETS)) {
      const way = await openWay(Number(new URL(database.url).port))
      if (name === 'b') way.echo()
      const code = await codeFor(database, way.port)
      const file = join(folder, `${name}.db`)
      const laptop = createKilledLaptop({ name, file, offsetMs, code, seed: seed + 1000 * places.length })
      places.push({ laptop, way })
      expect(await laptop.start()).toBe(true)
    }
    for (let done = 0; done < kills; done += 1) {
      const place = places[Math.floor(random() * places.length)]
      for (const { way } of places) spoil(way, random)
      if (place !== undefined) await killOne(place, random)
    }
    await settle(places)
    for (const { laptop } of places) await laptop.stop()

    const states: Awaited<ReturnType<typeof stateOf>>[] = []
    for (const { laptop } of places) states.push(await stateOf(laptop))
    const [first] = states
    if (first === undefined) throw new Error('no laptop')
    for (const other of states) expect(apart(first.all, other.all)).toEqual([])
    expect(new Set(first.lines).size).toBe(first.lines.length)
    // One that was cut off all the time has no session to read into.
    expect(Math.max(...places.map(({ laptop }) => laptop.kept.reads.size))).toBeGreaterThan(0)
    for (const [n, { laptop }] of places.entries()) {
      const { reads, audit } = laptop.kept
      const there = new Set(first.lines)
      expect([...reads].filter(read => !there.has(read))).toEqual([])
      const chain = first.chains.filter(row => (row as { laptop: string }).laptop === states[n]?.own)
      expect(chain.length).toBeGreaterThanOrEqual(audit)
    }
    const { rows } = await database.owner.query(
      `SELECT (SELECT json_agg(${LINE}) FROM timing_reads) AS lines,
         (SELECT json_agg(json_build_object('laptop', laptop_id, 'sequence', sequence, 'hash', hash)
            ORDER BY laptop_id, sequence) FROM audit_log) AS chains,
         (SELECT json_agg(json_build_array(id, clock) ORDER BY id) FROM normalized_participants) AS people`,
    )
    const [centre] = rows
    expect([...centre.lines].sort()).toEqual([...first.lines].sort())
    expect(centre.chains).toEqual(first.chains)
    // Those who left as well.
    expect(centre.people.length).toBe(first.all.source?.length)
  } finally {
    for (const { laptop, way } of places) {
      await laptop.kill()
      await way.close()
    }
    rmSync(folder, { recursive: true, force: true })
  }
}

const seed = process.env.SEED === undefined ? Date.now() % 1_000_000 : Number(process.env.SEED)
const kills = 2 * Number(process.env.RUNS ?? 3)

test(
  `three laptops killed ${kills} times while reads pour in and desks decide: all is everywhere, once (seed ${seed})`,
  { timeout: 120_000 + kills * 60_000 },
  () => run(seed, kills),
)
