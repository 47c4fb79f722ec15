import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import type pg from 'pg'
import { expect, test } from 'vitest'
import { formatConnectionCode, parseConnectionCode } from '../../../src/replication/connection-code.ts'
import { createMemorySecrets } from '../../../src/secrets/memory.ts'
import { act, DEED_KINDS, type Deed } from '../../support/deeds.ts'
import { bringEvent, effectiveState, openSession, said, sync } from '../../support/laptop.ts'
import { startPostgres } from '../../support/postgres.ts'
import { migratedDatabase } from '../central/migrated.ts'
import { codeFor, openStation, type Station } from '../two-sides.ts'
import { openWay, type Way } from '../way.ts'

const postgres = startPostgres()

type Database = Awaited<ReturnType<typeof migratedDatabase>>

interface Place {
  readonly file: string
  readonly secrets: ReturnType<typeof createMemorySecrets>
  station: Station
  /** Null: the internet does not reach this laptop. */
  central: Way | null
  hub: Way
  hubId: string
}

const laptop = fc.nat(2)
const side = fc.constantFrom('hub' as const, 'central' as const)
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
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cut' as const), laptop, side }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('unanswered' as const), laptop, side }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('mend' as const), laptop, side }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const), laptop }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('new-hub' as const) }) },
)
type Step = typeof step extends fc.Arbitrary<infer one> ? one : never

const portOf = ({ url }: Database): number => Number(new URL(url).port)

async function hubCode(database: Database, way: Way): Promise<string> {
  return formatConnectionCode({
    ...parseConnectionCode(await codeFor(database, way.port)),
    ...{ kind: 'hub', name: 'the hub' },
  })
}

async function toHub(
  place: Omit<Place, 'hub' | 'hubId'>,
  database: Database,
): Promise<Pick<Place, 'hub' | 'hubId'>> {
  const hub = await openWay(portOf(database))
  const { id: hubId } = await place.station.replication.join(await hubCode(database, hub))
  return { hub, hubId }
}

async function open(at: { readonly file: string; readonly secrets: Place['secrets'] }): Promise<Station> {
  const station = openStation('abc'[Number(at.file.at(-4))] ?? '?', at)
  await station.replication.start()
  return station
}

/** Nothing waits anywhere, three times in a row. */
async function settle(places: readonly Place[]): Promise<void> {
  for (const { hub, central } of places) for (const way of [hub, central]) way?.mend()
  const isQuiet = (): boolean =>
    places.every(({ station }) =>
      station.replication
        .status()
        .peers.every(peer => peer.state === 'in-step' && peer.toSend + peer.readsToSend === 0),
    )
  for (let round = 0, calm = 0; calm < 3; round += 1) {
    if (round > 80) throw new Error('they never come to rest')
    for (const { station } of places) {
      station.linker.linkNow()
      await station.replication.run()
    }
    calm = isQuiet() ? calm + 1 : 0
  }
}

async function heldBy(owner: pg.Client): Promise<unknown> {
  const { rows } = await owner.query(
    `SELECT (SELECT count(*)::integer FROM timing_reads) AS reads,
       (SELECT json_agg(json_build_array(id, clock) ORDER BY id) FROM normalized_participants) AS people,
       (SELECT coalesce(json_agg(clock ORDER BY participant_id, field), '[]') FROM participant_overrides) AS decisions`,
  )
  return rows[0]
}

async function converges(steps: readonly Step[]): Promise<void> {
  const central = await migratedDatabase(postgres, ['One'])
  let hub = await migratedDatabase(postgres, ['One'])
  const folder = mkdtempSync(join(tmpdir(), 'trackside-site-'))
  const places: Place[] = []
  const ways: Way[] = []
  try {
    for (const n of [0, 1, 2]) {
      const at = { file: join(folder, `${n}.db`), secrets: createMemorySecrets() }
      const place = { ...at, station: await open(at), central: null }
      places.push({ ...place, ...(await toHub(place, hub)) })
    }
    // The third laptop has no internet: what it does reaches central by way of the hub and another laptop.
    for (const place of places.slice(0, 2)) {
      place.central = await openWay(portOf(central))
      await place.station.replication.join(await codeFor(central, place.central.port))
    }
    const [first] = places
    if (first === undefined) return
    bringEvent(first.station)
    sync(
      first.station,
      ['1', '2', '3', '4'].map(key => said(key, { bib_number: key })),
    )
    openSession(first.station)
    let count = 0
    const perform = (place: Place, deed: Deed): void => {
      count += 1
      act(place.station, deed, count)
    }
    for (const each of steps) {
      if (each.kind === 'new-hub') {
        hub = await migratedDatabase(postgres, ['One'])
        for (const place of places) {
          ways.push(place.hub)
          const old = place.hubId
          Object.assign(place, await toHub(place, hub))
          await place.station.replication.leave(old)
        }
        continue
      }
      const place = places[each.laptop]
      if (place === undefined) continue
      if (each.kind === 'act') perform(place, each.deed)
      else if (each.kind === 'meet') await place.station.replication.run(AbortSignal.timeout(1000))
      else if (each.kind === 'restart') {
        await place.station.stop()
        place.station = await open(place)
      } else {
        const way = each.side === 'hub' ? place.hub : place.central
        if (each.kind === 'cut') way?.cut()
        else if (each.kind === 'mend') way?.mend()
        else way?.cutAfter('COMMIT')
      }
    }
    await settle(places)
    const [one, ...others] = places.map(({ station }) => effectiveState(station))
    for (const other of others) expect(other).toEqual(one)
    expect(one?.people?.length).toBeGreaterThan(0)
    const inHub = await heldBy(hub.owner)
    expect(await heldBy(central.owner)).toEqual(inHub)
    const { reads = [], source = [], decisions = [] } = one ?? {}
    const columns = (row: unknown): readonly unknown[] => Object.values(row as Record<string, unknown>)
    expect(inHub).toEqual({
      reads: reads.length,
      people: source.map(row => [columns(row)[0], columns(row).at(-1)]),
      decisions: decisions.map(row => columns(row).at(-1)),
    })
  } finally {
    for (const place of places) {
      await place.station.stop()
      for (const way of [place.hub, place.central]) await way?.close()
    }
    for (const way of ways) await way.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

const seed = process.env.SEED === undefined ? Date.now() % 1_000_000 : Number(process.env.SEED)
const runs = Number(process.env.RUNS ?? 3)

test(
  `three laptops, a hub that is replaced and a centre, cut, unanswered and restarted, hold the same (seed ${seed})`,
  { timeout: 60_000 + runs * 90_000 },
  () =>
    fc.assert(fc.asyncProperty(fc.array(step, { minLength: 15, maxLength: 50 }), converges), {
      ...{ seed, numRuns: runs, endOnFailure: process.env.SHRINK === undefined },
    }),
)
