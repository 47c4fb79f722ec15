import { setTimeout as wait } from 'node:timers/promises'
import { chipKey } from '../../src/core/identity.ts'
import { createCtp01Client } from '../../src/rehearsal/ctp01-client.ts'
import type { Source } from './source.ts'

const LOCATIONS = ['start', 'finish']
const CONNECTION = 'c4a05'.padEnd(40, '0')
const EVERY_MS = 20
const PATIENCE_MS = 120_000

interface Kept {
  readonly location: string
  readonly sequence: number
  readonly chip: string
  readonly at: number
}

/** A reader's software at 600 reads a second that is never told of a kill: it only finds its connection cut. */
export function createCtp01Source(parts: {
  readonly port: number
  readonly zone: string
  readonly sessionId: string
  readonly chips: number
}): Source {
  const client = createCtp01Client({
    ...{ host: '127.0.0.1', port: parts.port, clock: Date.now, zone: parts.zone, eventName: 'Chaos' },
    ...{ locations: LOCATIONS, connectionId: CONNECTION, reconnectMs: 40 },
  })
  const sent = new Map<string, { readonly chip: string; readonly at: number }[]>(
    LOCATIONS.map(name => [name, []]),
  )
  let pushed = 0
  let timer: NodeJS.Timeout | undefined
  const push = (): void => {
    for (let n = 0; n < 12; n += 1) {
      const location = LOCATIONS[pushed % LOCATIONS.length] ?? ''
      const chip = String(1 + (pushed % parts.chips))
      // Readers write hundredths.
      const at = Math.floor(Date.now() / 10) * 10
      sent.get(location)?.push({ chip, at })
      client.push({ location, tag: chip, at, readerId: '0F2A38', gator: 1 })
      pushed += 1
    }
  }
  return {
    name: 'CTP01',
    start() {
      void client.start()
      timer = setInterval(push, EVERY_MS)
    },
    async finish(database) {
      clearInterval(timer)
      const until = Date.now() + PATIENCE_MS
      const kept = () =>
        database.get<{ rows: number }>(
          'SELECT COUNT(*) AS rows FROM timing_reads WHERE stream_id = ?',
          CONNECTION,
        )?.rows ?? 0
      while (kept() < pushed && Date.now() < until) await wait(50)
      await client.stop()
    },
    async troubles(database) {
      const rows = database.all<Kept>(
        `SELECT stream_location AS location, sequence, chip, read_at AS at FROM timing_reads
         WHERE stream_id = ? AND session_id = ? ORDER BY stream_location, sequence`,
        CONNECTION,
        parts.sessionId,
      )
      const all = database.get<{ rows: number }>(
        "SELECT COUNT(*) AS rows FROM timing_reads WHERE source = 'ctp01'",
      )?.rows
      const strays =
        all === rows.length ? [] : [`${all} CTP01 reads are stored, ${rows.length} of the stream`]
      const wrong = LOCATIONS.flatMap(location => {
        const here = rows.filter(row => row.location === location)
        const lines = sent.get(location) ?? []
        const trouble = lines.flatMap((line, index) => {
          const row = here[index]
          const same = row?.sequence === index + 1 && row.chip === chipKey(line.chip) && row.at === line.at
          return same
            ? []
            : [`${location} ${index + 1} was sent as ${JSON.stringify(line)}, kept as ${JSON.stringify(row)}`]
        })
        const count =
          here.length === lines.length ? [] : [`${location}: ${lines.length} sent, ${here.length} kept`]
        return [...count, ...trouble.slice(0, 3)]
      })
      return [...strays, ...wrong]
    },
    figures: () => `${pushed} reads, ${client.sentCount} lines on the wire with those sent again`,
  }
}
