import { chipKey } from '../../src/core/identity.ts'
import { createMylapsClient } from '../../src/rehearsal/mylaps-client.ts'
import { type Source, untilCaughtUp } from './source.ts'

const EVERY_MS = 20
const READS_EACH = 4

/** MYLAPS Timing & Scoring at 200 reads a second, which sends every message until its number is acknowledged. */
export function createMylapsSource(parts: {
  readonly port: number
  readonly zone: string
  readonly sessionId: string
  readonly chips: number
  readonly version: 1 | 2
}): Source {
  const { version, sessionId } = parts
  const locations = [`Start ${version}`, `Finish ${version}`]
  const client = createMylapsClient({
    ...{ host: '127.0.0.1', port: parts.port, zone: parts.zone, version, raceName: 'Chaos', locations },
    // Sooner than in the field, so that messages are also sent again to an app that is only busy.
    ...{ resendMs: 400, reconnectMs: 40 },
  })
  const sent: string[] = []
  let timer: NodeJS.Timeout | undefined
  const push = (): void => {
    for (let n = 0; n < READS_EACH; n += 1) {
      const location = locations[sent.length % locations.length] ?? ''
      const chip = String(1 + (sent.length % parts.chips)).padStart(7, '0')
      const at = Date.now()
      sent.push(`${location}: ${chipKey(chip)} at ${at} in ${sessionId}`)
      client.push({ location, chip, at })
    }
  }
  return {
    name: `MYLAPS ${version === 1 ? '1' : '2.1'}`,
    start() {
      void client.start()
      timer = setInterval(push, EVERY_MS)
    },
    async finish() {
      clearInterval(timer)
      await untilCaughtUp(() => client.acknowledgedCount, sent.length)
      await client.stop()
    },
    sent: async () => sent,
    kept: database =>
      database
        .all<{ read: string }>(
          `SELECT stream_location || ': ' || chip || ' at ' || read_at || ' in ' || session_id AS read
           FROM timing_reads WHERE source = 'mylaps' AND stream_location IN (?, ?)`,
          ...locations,
        )
        .map(row => row.read),
    acknowledged: () => client.acknowledgedCount,
    waiting: () => client.waiting > 0,
    troubles: () => (client.waiting === 0 ? [] : [`${client.waiting} messages were never acknowledged`]),
    note: () => `${client.sentCount} messages on the wire`,
  }
}
