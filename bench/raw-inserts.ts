import { join } from 'node:path'
import Database from 'better-sqlite3'
import { ms } from './measure.ts'

const PEOPLE = 20_000
const BATCH = 100
const WINDOW = 250_000

export interface RawInserts {
  /** A second, over all and over the last `window`. */
  readonly whole: number
  readonly last: number
  readonly window: number
  /** µs a read. */
  readonly cpu: number
}

/** Raw inserts of the same columns with the same unique key, by the hundred, as the plain way to the disk. */
export function rawInserts(folder: string, reads: number): RawInserts {
  const sqlite = new Database(join(folder, 'raw.db'))
  sqlite.pragma('journal_mode = WAL')
  sqlite.pragma('synchronous = FULL')
  sqlite.exec(`CREATE TABLE reads (id INTEGER PRIMARY KEY AUTOINCREMENT, timing_partner_id INTEGER, session_id TEXT,
    identity TEXT, kind TEXT, source TEXT, device TEXT, stream_id TEXT, stream_location TEXT, sequence INTEGER, chip TEXT,
    bib_number TEXT, read_at INTEGER, raw_time TEXT, time_problem TEXT, antenna TEXT, rssi INTEGER, lap INTEGER, raw TEXT,
    received_at INTEGER, UNIQUE (session_id, identity))`)
  const insert =
    sqlite.prepare(`INSERT INTO reads (timing_partner_id, session_id, identity, kind, source, device, stream_id,
    stream_location, sequence, chip, bib_number, read_at, raw_time, time_problem, antenna, rssi, lap, raw, received_at)
    VALUES (0, 's', ?, 'chip', 'ctp01', '0F2A38', 'c', 'start', ?, ?, NULL, ?, ?, NULL, '1', NULL, 0, ?, ?)`)
  const window = Math.min(WINDOW, reads)
  const cpu = process.cpuUsage()
  const began = performance.now()
  let lastBegan = began
  for (let start = 0; start < reads; start += BATCH) {
    if (start <= reads - window) lastBegan = performance.now()
    sqlite.exec('BEGIN IMMEDIATE')
    for (let n = start; n < Math.min(start + BATCH, reads); n += 1) {
      const text = `2026-05-09T08:00:00.${n % 100}`
      insert.run(
        `s|0F2A38|c|start|${n}`,
        n,
        String(n % PEOPLE),
        n,
        text,
        `CT01_33~${n}~start~${n % PEOPLE}~${text}~0~0F2A38~1`,
        n,
      )
    }
    sqlite.exec('COMMIT')
  }
  const used = process.cpuUsage(cpu)
  const rate = (rows: number, since: number): number => rows / (ms(since) / 1000)
  const result = { whole: rate(reads, began), last: rate(window, lastBegan), window }
  sqlite.close()
  return { ...result, cpu: (used.user + used.system) / reads }
}
