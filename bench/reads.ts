import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createApp } from '../src/app/create-app.ts'
import { createCtp01Client } from '../src/rehearsal/ctp01-client.ts'
import { createMemorySecrets } from '../src/secrets/memory.ts'
import { storeEvent } from '../src/store/events.ts'
import { createSession } from '../src/store/links.ts'
import { type Figure, inFolder, migrations, ms, percentile, round, silent, until } from './measure.ts'
import { crowd, harbor } from './people.ts'
import { rawInserts } from './raw-inserts.ts'

const READS = 100_000
const PEOPLE = 20_000

/** Reads through the TCP listener as fast as it goes: journalled, linked; then one at a time for the latency. */
export const benchReads = (): Promise<Figure[]> =>
  inFolder(async folder => {
    const raw = rawInserts(folder, READS).whole
    const app = createApp({
      dataFolder: folder,
      migrations,
      version: 'bench',
      clock: Date.now,
      fetch,
      log: silent,
      timingHost: '127.0.0.1',
      timingPort: 0,
      schedule: false,
      secrets: createMemorySecrets(),
    })
    const { store } = app
    const event = store.write(writer => storeEvent(writer, 'bench', harbor))
    crowd(store, event, PEOPLE)
    const day = store.read.get<{ id: string }>('SELECT id FROM race_days')
    store.write(writer =>
      createSession(writer, { name: 'bench', timezone: 'UTC', raceDayId: day?.id ?? null }),
    )
    await app.start()
    const linked = (): number =>
      store.read.get<{ n: number | null }>('SELECT MAX(read_id) AS n FROM read_links')?.n ?? 0
    const at = Date.parse(`${harbor.eventDate}T08:00:00Z`)
    const port = app.timingPort() ?? 0
    const flood = fork(join(import.meta.dirname, 'reader-process.ts'), [port, READS, PEOPLE, at].map(String))
    await once(flood, 'message')
    const began = performance.now()
    flood.send('go')
    await until(() => linked() >= READS, 10)
    const rate = READS / (ms(began) / 1000)
    flood.disconnect()

    const client = createCtp01Client({
      host: '127.0.0.1',
      port,
      clock: Date.now,
      zone: 'UTC',
      eventName: 'bench',
      locations: ['finish'],
      connectionId: 'bench-paced',
    })
    await client.start()
    await until(() => client.connected)

    // 1,200 reads a second, from the push to the link being there for a subscriber.
    const samples: number[] = []
    const waiting = new Map<number, number>()
    let seen = READS
    const off = store.onChange(tables => {
      if (!tables.has('read_links')) return
      const now = performance.now()
      const count = linked()
      for (; seen < count; seen += 1) {
        const pushed = waiting.get(seen)
        if (pushed !== undefined) samples.push(now - pushed)
      }
    })
    const paced = performance.now()
    for (let n = 0; n < 6000; n += 1) {
      const due = paced + (n * 1000) / 1200
      const wait = due - performance.now()
      if (wait > 1) await new Promise(resolve => setTimeout(resolve, wait))
      waiting.set(READS + n, performance.now())
      client.push({
        location: 'finish',
        tag: String(1 + (n % PEOPLE)),
        at: at + 7_200_000 + n * 10,
        readerId: '0F2A39',
        gator: 2,
      })
    }
    await until(() => seen >= READS + 6000)
    off()
    await client.stop()
    await app.stop()
    return [
      {
        what: `journal + link, ${READS.toLocaleString('en')} reads by one TCP connection`,
        measured: `${Math.round(rate).toLocaleString('en')} reads/s`,
        beside: `raw inserts ${Math.round(raw).toLocaleString('en')}/s, ratio ${round(rate / raw)}`,
        reach: '≥ 40,000/s, ratio ≥ 0.35',
      },
      {
        what: 'push at the reader → link visible, at 1,200 reads/s',
        measured: `p50 ${round(percentile(samples, 0.5))} ms, p99 ${round(percentile(samples, 0.99))} ms`,
        beside: `${samples.length} reads`,
        reach: 'p99 ≤ 25 ms',
      },
    ]
  })
