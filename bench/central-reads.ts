import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { copyIn } from '../src/replication/central/copy-in.ts'
import { copyReads } from '../src/replication/central/copy-reads.ts'
import { inviteLaptop } from '../src/replication/central/invite.ts'
import { migrateCentral } from '../src/replication/central/migrate.ts'
import { addPartner } from '../src/replication/central/partners.ts'
import { centralLine, centralNames, type LocalRow } from '../src/replication/central/rows.ts'
import { CENTRAL_TABLES } from '../src/replication/central/tables.ts'
import { startOwnPostgres } from '../test/support/own-postgres.ts'
import { type Figure, inFolder, ms, round } from './measure.ts'

const CENTRAL = join(import.meta.dirname, '..', 'drizzle', 'central')
/** What a laptop sends at a time, each in a transaction of its own. */
const BATCH = 50_000
const SERVER = { shared_buffers: '512MB', max_wal_size: '8GB' }
const SESSION = '0190a0a0-1111-7abc-8def-000000000001'

/** A read as the journal has it: nothing of it is left out. */
const readOf = (n: number): LocalRow => ({
  ...{ timing_partner_id: 1, session_id: SESSION, kind: 'chip', source: 'ctp01', device: '0F2A38' },
  ...{ identity: `s|0F2A38|start|${n}`, stream_id: '0F2A38', stream_location: 'start', sequence: n },
  ...{ chip: String(n % 60_000), bib_number: null, read_at: 1_795_000_000_000 + n, raw_time: '08:00:00.00' },
  ...{ time_problem: null, antenna: '1', rssi: -60, lap: 0, received_at: 1_795_000_000_100 + n },
  raw: `CT01_33~${n}~start~${n}~08:00:00.00~0~0F2A38~1`,
})

function* reads(from: number, to: number): Generator<LocalRow> {
  for (let n = from; n < to; n += 1) yield readOf(n)
}

/** The reads of a large race into an empty central database, as a laptop brings them, beside COPY of the same rows. */
export const benchCentralReads = ([count = 2_500_000]: readonly number[]): Promise<Figure[]> =>
  inFolder(async folder => {
    // As root the server runs as a user of its own, who must get to its folder.
    chmodSync(folder, 0o711)
    const server = await startOwnPostgres(join(folder, 'server'), SERVER)
    const url = server.address('postgres')
    const owner = new pg.Client({ connectionString: url })
    await owner.connect()
    try {
      await migrateCentral(owner, CENTRAL)
      const partner = await addPartner(owner, 'Bench')
      const expiresAt = Date.now() + 3_600_000
      const { user, password } = await inviteLaptop(owner, { partner, holder: 'bench', expiresAt })
      const laptop = new pg.Client({
        ...{ host: '127.0.0.1', port: server.port, database: 'postgres' },
        user,
        password,
      })
      await laptop.connect()
      const table = CENTRAL_TABLES.get('timing_reads')
      if (table === undefined) throw new Error('no table timing_reads')
      const names = centralNames(table)
      await owner.query('CREATE TABLE plain_reads (LIKE timing_reads INCLUDING ALL)')
      function* texts(): Generator<string> {
        for (let from = 0; from < count; from += 250) {
          let text = ''
          for (const read of reads(from, Math.min(count, from + 250)))
            text += centralLine(table as NonNullable<typeof table>, read)
          yield text
        }
      }
      const copyBegan = performance.now()
      await copyIn(
        owner,
        `COPY plain_reads (${names.map(name => `"${name}"`).join(', ')}) FROM STDIN`,
        texts(),
      )
      const copy = count / (ms(copyBegan) / 1000)
      await owner.query('DROP TABLE plain_reads; CHECKPOINT')

      const began = performance.now()
      let taken = 0
      for (let from = 0; from < count; from += BATCH) {
        await laptop.query('BEGIN')
        taken += await copyReads(laptop, reads(from, Math.min(count, from + BATCH)))
        await laptop.query('COMMIT')
      }
      const rate = count / (ms(began) / 1000)
      await laptop.end()
      if (taken !== count) throw new Error(`${taken} of ${count} reads were taken`)
      return [
        {
          what: `${count.toLocaleString('en')} reads into an empty central database, ${BATCH.toLocaleString('en')} a transaction, by a laptop's login`,
          measured: `${Math.round(rate).toLocaleString('en')} reads/s, ${round(rate / copy)} of COPY`,
          beside: `${Math.round(copy).toLocaleString('en')} reads/s: one COPY of the same rows into a table with the same columns and indexes, by its owner`,
          reach: '≥ 0.4 of COPY',
        },
      ]
    } finally {
      await owner.end()
      await server.stop()
    }
  })
