import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as rest } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createMemorySecrets } from '../../src/secrets/memory.ts'
import { act, DEED_KINDS } from '../support/deeds.ts'
import { bringEvent, effectiveState, openSession, said, sync } from '../support/laptop.ts'
import { startPostgres } from '../support/postgres.ts'
import { migratedDatabase } from './central/migrated.ts'
import { codeFor, openStation, type Station } from './two-sides.ts'
import { openWay, type Way } from './way.ts'

const postgres = startPostgres()

const laptop = fc.nat(2)
const step = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constant('act' as const),
      laptop,
      deed: fc.record({ what: fc.nat(DEED_KINDS - 1), who: fc.nat(5), value: fc.nat(40) }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('meet' as const), laptop }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cut' as const), laptop }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('freeze' as const), laptop }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('mend' as const), laptop }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('unanswered' as const), laptop }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('overtaken' as const),
      laptop,
      ms: fc.integer({ min: 20, max: 400 }),
      gone: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('slow' as const), laptop, ms: fc.nat(30) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const), laptop }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(120) }) },
)
type Step = typeof step extends fc.Arbitrary<infer one> ? one : never

/** A laptop of the property: what of it outlives its engine, and the way it takes. */
interface Place {
  readonly file: string
  readonly secrets: ReturnType<typeof createMemorySecrets>
  readonly clock: () => number
  readonly way: Way
  station: Station
}

async function take(places: readonly Place[], each: Step, count: number): Promise<void> {
  if (each.kind === 'wait') return void (await rest(each.ms))
  const place = places[each.laptop]
  if (place === undefined) return
  switch (each.kind) {
    case 'act':
      act(place.station, each.deed, count)
      return
    case 'meet':
      await place.station.replication.run(AbortSignal.timeout(1000))
      return
    case 'cut':
      place.way.cut()
      return
    case 'freeze':
      place.way.freeze()
      return
    case 'mend':
      place.way.mend()
      return
    case 'unanswered':
      place.way.cutAfter('COMMIT')
      return
    case 'overtaken':
      place.way.holdBack('COMMIT', each.ms, each.gone)
      return
    case 'slow':
      place.way.delay(each.ms)
      return
    case 'restart':
      await place.station.stop()
      place.station = await begin(place)
  }
}

async function begin(place: Omit<Place, 'station'>): Promise<Station> {
  const { file, secrets, clock } = place
  const station = openStation('abc'[Number(file.at(-4))] ?? '?', { file, secrets, clock })
  await station.replication.start()
  return station
}

async function settle(places: readonly Place[]): Promise<void> {
  for (const { way } of places) {
    way.delay(0)
    way.mend()
  }
  const quiet = (): boolean =>
    places.every(({ station }) =>
      station.replication
        .status()
        .peers.every(peer => peer.state === 'in-step' && peer.toSend + peer.readsToSend === 0),
    )
  for (let round = 0, calm = 0; calm < 2; round++) {
    if (round > 60) throw new Error('they never come to rest')
    for (const { station } of places) {
      station.linker.linkNow()
      await station.replication.run()
    }
    calm = quiet() ? calm + 1 : 0
  }
}

async function converges(steps: readonly Step[], offsets: readonly number[]): Promise<void> {
  const database = await migratedDatabase(postgres, ['One'])
  const folder = mkdtempSync(join(tmpdir(), 'trackside-laptops-'))
  const places: Place[] = []
  try {
    for (const [n, offset] of offsets.entries()) {
      const way = await openWay(Number(new URL(database.url).port))
      // One of them is told everything twice, and late.
      if (n === 1) way.echo()
      const clock = () => Date.now() + offset
      const place = { file: join(folder, `${n}.db`), secrets: createMemorySecrets(), clock, way }
      const station = await begin(place)
      places.push({ ...place, station })
      await station.replication.join(await codeFor(database, way.port))
    }
    const first = places[0]?.station
    if (first === undefined) return
    bringEvent(first)
    sync(
      first,
      ['1', '2', '3', '4'].map(key => said(key, { bib_number: key })),
    )
    openSession(first)
    for (const [n, each] of steps.entries()) await take(places, each, n + 1)
    await settle(places)
    const [one, ...others] = places.map(({ station }) => effectiveState(station))
    for (const other of others) expect(other).toEqual(one)
    const { reads = [], source = [], decisions = [] } = one ?? {}
    const columns = (row: unknown): readonly unknown[] => Object.values(row as Record<string, unknown>)
    const { rows } = await database.owner.query(
      `SELECT (SELECT count(*)::integer FROM timing_reads) AS reads,
         (SELECT json_agg(json_build_array(id, clock) ORDER BY id) FROM normalized_participants) AS people,
         (SELECT coalesce(json_agg(clock ORDER BY participant_id, field), '[]') FROM participant_overrides) AS decisions`,
    )
    expect(rows[0]).toEqual({
      reads: reads.length,
      people: source.map(row => [columns(row)[0], columns(row).at(-1)]),
      decisions: decisions.map(row => columns(row).at(-1)),
    })
  } finally {
    for (const { station, way } of places) {
      await station.stop()
      await way.close()
    }
    rmSync(folder, { recursive: true, force: true })
  }
}

const seed = process.env.SEED === undefined ? Date.now() % 1_000_000 : Number(process.env.SEED)
const runs = Number(process.env.RUNS ?? 3)

test(
  `three laptops and a centre, cut, frozen, slow, unanswered, overtaken and restarted, hold the same at the end (seed ${seed})`,
  {
    timeout: 60_000 + runs * 60_000,
  },
  () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 15, maxLength: 60 }),
        fc.tuple(
          fc.constant(0),
          fc.constantFrom(0, 3_600_000, -3_600_000),
          fc.constantFrom(0, 5, 400 * 86_400_000),
        ),
        converges,
      ),
      { seed, numRuns: runs, endOnFailure: process.env.SHRINK === undefined },
    ),
)
