import { rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, expect, test } from 'vitest'
import { migrateCentral } from '../../src/replication/central/migrate.ts'
import { createMemorySecrets } from '../../src/secrets/memory.ts'
import { ensureLocation, updateLocation } from '../../src/store/locations.ts'
import type { rowWhere } from '../../src/store/rows.ts'
import { bringEvent, openSession } from '../support/laptop.ts'
import { laterProgram } from '../support/later-program.ts'
import { startPostgres } from '../support/postgres.ts'
import { quickFolder } from '../support/quick-folder.ts'
import { migratedDatabase } from './central/migrated.ts'
import { begun, codeFor, openStation, type Station } from './two-sides.ts'

// A laptop that is not updated yet stands between others that are: it carries what it does not know.

const postgres = startPostgres()
const behind = '    distanceKm: real(),'
const later = laterProgram([
  {
    ...{ table: 'timing_locations', name: 'mat_color', local: 'text', central: 'text' },
    schema: { file: 'timing.ts', after: behind, line: 'matColor: text(),' },
  },
  {
    ...{ table: 'timing_locations', name: 'laid_at', local: 'integer', central: 'timestamptz' },
    schema: { file: 'timing.ts', after: behind, line: 'laidAt: integer(),' },
  },
])
const { openStation: openLater } = await later.module<{ openStation: typeof openStation }>(
  'test/replication/two-sides.ts',
)
const { rowWhere: laterRow } = await later.module<{ rowWhere: typeof rowWhere }>('src/store/rows.ts')

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})
afterAll(() => rmSync(later.folder, { recursive: true, force: true }))

type Database = Awaited<ReturnType<typeof migratedDatabase>>

/** A database as this program has it, or as the later one has. */
async function database(program: 'this' | 'later'): Promise<Database> {
  const made = await migratedDatabase(postgres, ['One'])
  if (program === 'later') await migrateCentral(made.owner, later.central)
  return made
}

const open = (
  program: 'this' | 'later',
  name: string,
  options: Parameters<typeof openStation>[1] = {},
): Promise<Station> => begun((program === 'this' ? openStation : openLater)(name, options), ends)

const joinTo = async (station: Station, database: Database, kind: 'central' | 'hub') =>
  station.replication.join(await codeFor(database, undefined, kind))

const meet = async (...stations: readonly Station[]): Promise<void> => {
  for (let round = 0; round < 3; round++) for (const station of stations) await station.replication.run()
}

/** A place of the later program's, as its crew says it. */
function bring(laptop: Station): string {
  bringEvent(laptop)
  const session = openSession(laptop)
  return laptop.store.write(writer => ensureLocation(writer, session, 'Finish'))
}

interface Said {
  readonly color: string | null
  readonly laid: number | null
  readonly window: number
}

const say = (laptop: Station, id: string, { color, laid, window }: Said): void =>
  laptop.store.write(writer => {
    const row = laterRow(writer, 'timing_locations', 'id = ?', id) ?? expect.unreachable()
    const changed = { ...row, matColor: color, laidAt: laid, duplicateWindowMs: window, clock: writer.clock }
    writer.put('timing_locations', changed)
  }, 'desk')

/** What a laptop of the later program has. */
const at = ({ store }: Station, id: string): Said | undefined =>
  store.read.get<Said>(
    'SELECT mat_color AS color, laid_at AS laid, duplicate_window_ms AS window FROM timing_locations WHERE id = ?',
    id,
  )

async function atDatabase({ owner }: Database, id: string): Promise<Said | undefined> {
  const { rows } = await owner.query<Said>(
    `SELECT mat_color AS color, (extract(epoch FROM laid_at) * 1000)::float8 AS laid, duplicate_window_ms::integer AS window
     FROM timing_locations WHERE id = $1`,
    [id],
  )
  return rows[0]
}

const RED: Said = { color: 'red', laid: 1_778_000_000_123, window: 5_000 }

/** A laptop of the later program on a hub of the later program, one of this program between that and the centre. */
async function between(centreIs: 'this' | 'later', file?: string) {
  const [hub, centre] = [await database('later'), await database(centreIs)]
  const secrets = createMemorySecrets()
  const newer = await open('later', 'newer')
  const carrier = await open('this', 'carrier', file === undefined ? {} : { file, secrets })
  await joinTo(newer, hub, 'hub')
  await joinTo(carrier, hub, 'hub')
  await joinTo(carrier, centre, 'central')
  const id = bring(newer)
  return { hub, centre, newer, carrier, secrets, id }
}

test('what an updated laptop says on an updated hub reaches the centre whole, by a laptop that is not updated', async () => {
  const { hub, centre, newer, carrier, id } = await between('later')
  const office = await open('later', 'office')
  await joinTo(office, centre, 'central')
  const blue = { color: 'blue', laid: null, window: 6_000 }
  const unsaid = { color: null, laid: null, window: 7_000 }
  for (const said of [RED, blue, unsaid, RED]) {
    say(newer, id, said)
    await meet(newer, carrier, office)
    expect(await atDatabase(centre, id)).toEqual(said)
    expect(at(office, id)).toEqual(said)
  }
  carrier.store.write(writer => updateLocation(writer, { id, duplicateWindowMs: 9_000 }), 'desk')
  await meet(carrier, newer, office)
  const changed = { ...RED, window: 9_000 }
  for (const one of [await atDatabase(hub, id), await atDatabase(centre, id), at(newer, id), at(office, id)])
    expect(one).toEqual(changed)
}, 60_000)

test('it waits in a centre that is not updated yet, and is there for who comes once that is', async () => {
  const { centre, newer, carrier, id } = await between('this')
  const second = await open('this', 'second')
  await joinTo(second, centre, 'central')
  say(newer, id, RED)
  await meet(newer, carrier, second)
  // By another one that does not know it, and knows the centre alone.
  second.store.write(writer => updateLocation(writer, { id, duplicateWindowMs: 9_000 }), 'desk')
  await meet(second)
  await migrateCentral(centre.owner, later.central)
  const office = await open('later', 'office')
  await joinTo(office, centre, 'central')
  await meet(office)
  const changed = { ...RED, window: 9_000 }
  expect(at(office, id)).toEqual(changed)
  await meet(carrier, newer)
  expect(at(newer, id)).toEqual(changed)
}, 60_000)

test('a hub that is updated while everybody is connected loses nothing of what is said on it from then on', async () => {
  const [hub, centre] = [await database('this'), await database('later')]
  const carrier = await open('this', 'carrier')
  await joinTo(carrier, hub, 'hub')
  await joinTo(carrier, centre, 'central')
  await meet(carrier)
  await migrateCentral(hub.owner, later.central)
  const newer = await open('later', 'newer')
  await joinTo(newer, hub, 'hub')
  const id = bring(newer)
  say(newer, id, RED)
  await meet(newer, carrier)
  expect(await atDatabase(centre, id)).toEqual(RED)
}, 60_000)

test('once it is updated itself, the laptop between has what it carried, and says the next word on it', async () => {
  const folder = quickFolder('trackside-carrying-')
  ends.push(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'carrier.db')
  const { hub, centre, newer, carrier, secrets, id } = await between('later', file)
  say(newer, id, RED)
  await meet(newer, carrier)
  await carrier.stop()
  // Nobody is there who could tell it again.
  const updated = openLater('carrier', { file, secrets })
  ends.push(() => updated.stop())
  expect(at(updated, id)).toEqual(RED)
  expect(updated.store.read.all('SELECT * FROM carried_columns')).toEqual([])
  say(updated, id, { ...RED, color: 'blue' })
  await updated.replication.start()
  await meet(updated, newer)
  for (const one of [await atDatabase(hub, id), await atDatabase(centre, id), at(newer, id), at(updated, id)])
    expect(one).toEqual({ ...RED, color: 'blue' })
}, 60_000)

test('an updated laptop says in words that its hub is not, keeps everything, and goes on when it is', async () => {
  const hub = await database('later')
  const file = join(quickFolder('trackside-carrying-'), 'newer.db')
  ends.push(() => rmSync(dirname(file), { recursive: true, force: true }))
  const secrets = createMemorySecrets()
  const [other, before] = [await open('this', 'other'), await open('this', 'one', { file, secrets })]
  const notUpdated = await database('this')
  for (const laptop of [other, before]) await joinTo(laptop, notUpdated, 'hub')
  const id = bring(other)
  await meet(other, before)
  await before.stop()

  const updated = await open('later', 'one', { file, secrets })
  say(updated, id, RED)
  await updated.replication.run()
  const toSend = expect.any(Number)
  expect(updated.replication.status().peers).toMatchObject([
    {
      ...{ state: 'blocked', code: 'central.older', toSend },
      message: expect.stringMatching(
        /^The laptop that is the hub has an older Trackside.*let an updated laptop be the hub/,
      ),
    },
  ])
  // Which another one does.
  await joinTo(updated, hub, 'hub')
  await joinTo(other, hub, 'hub')
  await meet(updated, other)
  expect(await atDatabase(hub, id)).toEqual(RED)
  expect(other.store.read.all('SELECT duplicate_window_ms AS window FROM timing_locations')).toEqual([
    { window: RED.window },
  ])
  // And so does the first, once its laptop is updated.
  await migrateCentral(notUpdated.owner, later.central)
  await meet(updated)
  expect(updated.replication.status().peers).toMatchObject([
    { state: 'in-step', toSend: 0 },
    { state: 'in-step', toSend: 0 },
  ])
  const late = await open('later', 'late')
  await joinTo(late, notUpdated, 'hub')
  await meet(late)
  expect(at(late, id)).toEqual(RED)
}, 60_000)
