import pg from 'pg'
import { journal } from '../src/store/reads.ts'
import { measureLag } from '../test/replication/hub/lag.ts'
import { openSite, type SiteLaptop } from '../test/replication/hub/site.ts'
import { PEOPLE } from '../test/support/deeds.ts'
import { bringEvent, NOON, openSession, said, streamRead, sync } from '../test/support/laptop.ts'
import { type Figure, ms, percentile, round, until } from './measure.ts'

const CHANGES = 200
const READS_PER_SECOND = 1200
const BATCHES_PER_SECOND = 20

/** A row inserted and told by NOTIFY, until a listener has read it: what the hub's PostgreSQL itself takes. */
async function bareLag(owner: pg.ClientConfig, changes: number): Promise<readonly number[]> {
  const [writer, reader] = [new pg.Client(owner), new pg.Client(owner)]
  await Promise.all([writer.connect(), reader.connect()])
  await writer.query('CREATE TABLE bare (id serial PRIMARY KEY, words text)')
  await reader.query('LISTEN bare')
  const taken: number[] = []
  for (let n = 0; n < changes; n += 1) {
    const read = new Promise(resolve => {
      reader.once('notification', () => resolve(reader.query('SELECT max(id) FROM bare')))
    })
    const began = performance.now()
    await writer.query(`WITH put AS (INSERT INTO bare (words) VALUES ('x') RETURNING id)
      SELECT pg_notify('bare', id::text) FROM put`)
    await read
    taken.push(ms(began))
  }
  await writer.query('DROP TABLE bare')
  await Promise.all([writer.end(), reader.end()])
  return taken
}

/** Journals reads on a laptop until it is told to stop. @returns how many */
function pourReads(laptop: SiteLaptop, session: string): () => number {
  let sequence = 0
  const each = READS_PER_SECOND / BATCHES_PER_SECOND
  const timer = setInterval(() => {
    const reads = Array.from({ length: each }, () => {
      sequence += 1
      return streamRead(sequence, `C${sequence % 7}`, NOON + sequence)
    })
    laptop.store.write(writer => journal(writer, session, reads, writer.at), 'reader')
  }, 1000 / BATCHES_PER_SECOND)
  return () => {
    clearInterval(timer)
    return sequence
  }
}

const words = (taken: readonly number[]): string =>
  `p50 ${round(percentile(taken, 0.5), 0)} ms, p99 ${round(percentile(taken, 0.99), 0)} ms`

/** A change on one laptop until it is on the hub's and on a third one, all three in this process. */
export async function benchHub(sizes: readonly number[]): Promise<Figure[]> {
  const changes = sizes[0] ?? CHANGES
  const site = openSite()
  try {
    const [a, b, c] = [await site.laptop('a'), await site.laptop('b'), await site.laptop('c')]
    await a.beHub()
    await site.join(b, a)
    await site.join(c, a)
    bringEvent(b)
    sync(
      b,
      PEOPLE.map(key => said(key, { bib_number: key })),
    )
    const session = openSession(b)
    await until(() =>
      [a, c].every(one => one.replication.status().peers.every(({ state }) => state === 'in-step')),
    )
    const counted = (laptop: SiteLaptop, table: string): number =>
      laptop.store.read.get<{ n: number }>(`SELECT COUNT(*) AS n FROM ${table}`)?.n ?? 0
    await until(() => [a, c].every(one => counted(one, 'timing_sessions') === 1))
    const bare = await bareLag(a.hub.owner(), changes)
    const alone = await measureLag(b, [a, c], changes)
    const stop = pourReads(b, session)
    const beside = await measureLag(b, [a, c], changes)
    const reads = stop()
    await until(() => [a, c].every(one => counted(one, 'timing_reads') === reads))
    const bareWords = `${words(bare)}: one row and a NOTIFY in the same PostgreSQL`
    return [
      {
        what: `site hub: a change on one of three laptops until it is on the two others (${changes} changes)`,
        ...{ measured: words(alone), beside: bareWords, reach: 'p99 1000 ms' },
      },
      {
        what: `the same while the laptop journals ${READS_PER_SECOND} reads/s, which go to the others too`,
        ...{
          measured: `${words(beside)}; ${reads} reads on all three`,
          beside: bareWords,
          reach: 'p99 1000 ms',
        },
      },
    ]
  } finally {
    await site.end()
  }
}
