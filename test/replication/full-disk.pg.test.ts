import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { expect, test, vi } from 'vitest'
import { migrateCentral } from '../../src/replication/central/migrate.ts'
import { addPartner } from '../../src/replication/central/partners.ts'
import { journal } from '../../src/store/reads.ts'
import { bringEvent, NOON, openSession, said, streamRead, sync } from '../support/laptop.ts'
import { startOwnPostgres } from '../support/own-postgres.ts'
import { fillDisk, smallDisk } from '../support/small-disk.ts'
import { CENTRAL_MIGRATIONS } from './central/migrated.ts'
import { codeFor, openStation, type Station } from './two-sides.ts'

const READS = 4_000

/** Reads that no page of the centre's has room for. */
const pour = (station: Station, session: string, from: number): void => {
  const reads = Array.from({ length: READS }, (_, n) => streamRead(from + n, `C${n % 7}`, NOON + n * 100))
  station.store.write(writer => journal(writer, session, reads, writer.at))
}

const peer = (station: Station) => station.replication.status().peers[0]

test('a full disk at the centre is said in words; the laptop goes on, and all of it is there once there is room', async context => {
  const folder = mkdtempSync(join(tmpdir(), 'trackside-full-'))
  const away = smallDisk(folder, 300)
  if (away === null) {
    rmSync(folder, { recursive: true })
    return context.skip('no small disk can be mounted here')
  }
  const server = await startOwnPostgres(join(folder, 'pg'), {})
  const owner = new pg.Client({ connectionString: server.address('postgres') })
  const station = openStation('a')
  try {
    await owner.connect()
    await migrateCentral(owner, CENTRAL_MIGRATIONS)
    await addPartner(owner, 'One')
    await station.replication.start()
    await station.replication.join(await codeFor({ url: server.address('postgres'), owner }))
    bringEvent(station)
    sync(station, [said('1', { bib_number: '1' })])
    const session = openSession(station)
    await station.replication.run()
    expect(peer(station)).toMatchObject({ state: 'in-step', toSend: 0 })

    // The log has room in its present segment; no table has.
    await owner.query('SELECT pg_switch_wal()')
    await owner.query('CHECKPOINT')
    const filler = fillDisk(folder, 0)
    pour(station, session, 1)
    await vi.waitFor(
      () =>
        expect(peer(station)).toMatchObject({
          state: 'blocked',
          code: 'central.full',
          message: 'The disk of the central database is full. Everything stays here and waits.',
        }),
      { timeout: 30_000, interval: 50 },
    )
    pour(station, session, READS + 1)
    expect(peer(station)?.readsToSend).toBe(2 * READS)
    const held = async () =>
      (
        await owner.query(
          'SELECT count(*)::integer AS reads, count(DISTINCT raw)::integer AS lines FROM timing_reads',
        )
      ).rows[0]
    expect(await held()).toEqual({ reads: 0, lines: 0 })

    rmSync(filler)
    // Nobody asks it to.
    await vi.waitFor(() => expect(peer(station)).toMatchObject({ state: 'in-step', readsToSend: 0 }), {
      timeout: 60_000,
      interval: 100,
    })
    expect(await held()).toEqual({ reads: 2 * READS, lines: 2 * READS })
  } finally {
    await station.stop()
    await owner.end()
    await server.stop()
    away()
    rmSync(folder, { recursive: true })
  }
}, 120_000)
