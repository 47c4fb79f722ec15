import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { createMemorySecrets } from '../../src/secrets/memory.ts'
import { journal } from '../../src/store/reads.ts'
import { bringEvent, effectiveState, NOON, openSession, said, streamRead, sync } from '../support/laptop.ts'
import { startPostgres } from '../support/postgres.ts'
import { quickFolder } from '../support/quick-folder.ts'
import { migratedDatabase } from './central/migrated.ts'
import { begun, codeFor, openStation, type Station } from './two-sides.ts'
import { openWay } from './way.ts'

const postgres = startPostgres()
const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

const meet = async (...stations: readonly Station[]): Promise<void> => {
  for (let round = 0; round < 3; round++)
    for (const station of stations) {
      // Places are made by linking, and go to the others as well.
      station.linker.linkNow()
      await station.replication.run()
    }
}

/** Without its chain, which says who joined. */
const held = (station: Station) => {
  const { audit: _, ...rest } = effectiveState(station)
  return rest
}

test.each([
  ['', false],
  [', also when the way is cut again and again', true],
])(
  'what a restored centre lost of a laptop that is gone comes back from another that had heard of it%s',
  async (_, isCut) => {
    const database = await migratedDatabase(postgres, ['One'])
    const name = new URL(database.url).pathname.slice(1)
    const folder = quickFolder('trackside-restored-')
    ends.push(() => rmSync(folder, { recursive: true, force: true }))
    const b = { file: join(folder, 'b.db'), secrets: createMemorySecrets() }
    const open = (...given: Parameters<typeof openStation>): Promise<Station> =>
      begun(openStation(...given), ends)
    const [gone, before, late] = [await open('gone'), await open('b', b), await open('late')]
    const way = await openWay(Number(new URL(database.url).port))
    ends.push(() => way.close())
    await gone.replication.join(await codeFor(database))
    await before.replication.join(await codeFor(database, way.port))
    const forLate = await codeFor(database)
    bringEvent(gone)
    const session = openSession(gone)
    sync(gone, [said('1', { bib_number: '1' })])
    await meet(gone, before)

    const server = await postgres.connect(new URL('/postgres', database.url).href)
    database.owner.on('error', () => {})
    const alone = async (): Promise<void> => {
      await server.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`)
      await server.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`)
    }
    await alone()
    await server.query(`CREATE DATABASE ${name}_backup TEMPLATE ${name}`)
    await server.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`)
    sync(gone, [said('2', { bib_number: '2' })])
    gone.store.write(writer => journal(writer, session, [streamRead(1, 'C1', NOON)], writer.at))
    await meet(gone, before)
    for (const station of [gone, before]) await station.stop()

    await alone()
    await server.query(`DROP DATABASE ${name}`)
    await server.query(`ALTER DATABASE ${name}_backup RENAME TO ${name}`)
    const owner = await postgres.connect(database.url)
    // As it is on another server, or another timeline.
    await owner.query(`UPDATE trackside.installation SET server = 'the one before'`)
    const after = await open('b', b)
    for (let cuts = 0; isCut && cuts < 4; cuts++) {
      way.cutAfter('COMMIT')
      await after.replication.run()
      way.mend()
    }
    await meet(after)
    await late.replication.join(forLate)
    await meet(after, late)
    expect(held(after).reads).toHaveLength(1)
    expect(held(late)).toEqual(held(after))
  },
  60_000,
)
