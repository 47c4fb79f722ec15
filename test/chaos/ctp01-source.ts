import { chipKey } from '../../src/core/identity.ts'
import { createCtp01Client } from '../../src/rehearsal/ctp01-client.ts'
import { type Source, untilCaughtUp } from './source.ts'

const LOCATIONS = ['start', 'finish']
const CONNECTION = 'c4a05'.padEnd(40, '0')
const EVERY_MS = 20

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
  const streams = new Map(LOCATIONS.map(name => [name, 0]))
  const sent: string[] = []
  let timer: NodeJS.Timeout | undefined
  const push = (): void => {
    for (let n = 0; n < 12; n += 1) {
      const location = LOCATIONS[sent.length % LOCATIONS.length] ?? ''
      const chip = String(1 + (sent.length % parts.chips))
      // Readers write hundredths.
      const at = Math.floor(Date.now() / 10) * 10
      const sequence = (streams.get(location) ?? 0) + 1
      streams.set(location, sequence)
      sent.push(`${CONNECTION} ${location} ${sequence}: ${chipKey(chip)} at ${at} in ${parts.sessionId}`)
      client.push({ location, tag: chip, at, readerId: '0F2A38', gator: 1 })
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
      const kept = () =>
        database.get<{ rows: number }>("SELECT COUNT(*) AS rows FROM timing_reads WHERE source = 'ctp01'")
          ?.rows ?? 0
      await untilCaughtUp(kept, sent.length)
      await client.stop()
    },
    sent: async () => sent,
    kept: database =>
      database
        .all<{ read: string }>(
          `SELECT stream_id || ' ' || stream_location || ' ' || sequence || ': ' || chip || ' at ' || read_at || ' in '
           || session_id AS read FROM timing_reads WHERE source = 'ctp01'`,
        )
        .map(row => row.read),
    acknowledged: () => null,
    waiting: () => false,
    troubles: () => [],
    note: () => `${client.sentCount} lines on the wire`,
  }
}
