import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as rest } from 'node:timers/promises'
import { createReplication } from '../src/replication/replication.ts'
import { createMemorySecrets } from '../src/secrets/memory.ts'
import { createSession } from '../src/store/links.ts'
import { type JournalRead, journal } from '../src/store/reads.ts'
import { openStore, type Store } from '../src/store/store.ts'
import { type BenchCentral, centralMigrations, openCentral } from './central.ts'
import { type Figure, inFolder, migrations, ms, percentile, round, silent, until } from './measure.ts'

const READS = 250_000
/** A start mat's four readers. */
const A_SECOND = 1_200
const SECONDS = 30

function laptop(folder: string, name: string) {
  const store = openStore({ file: join(folder, `${name}.db`), migrations, clock: Date.now })
  const secrets = createMemorySecrets()
  const replication = createReplication({
    ...{ store, secrets: () => secrets, clock: Date.now, random: Math.random, log: silent },
    ...{ version: 'bench', migrations: centralMigrations },
  })
  const close = async (): Promise<void> => {
    await replication.stop()
    store.close()
  }
  return { store, replication, close }
}

const read = (n: number, at: number): JournalRead => ({
  ...{
    kind: 'chip',
    identity: `s|0F2A38|c|start|${n}`,
    source: 'ctp01',
    device: '0F2A38',
    streamId: '0F2A38',
  },
  ...{ streamLocation: 'start', sequence: n, chip: String(n % 20_000), bibNumber: null, readAt: at },
  ...{ rawTime: '08:00:00.00', timeProblem: null, antenna: '1', rssi: -50, lap: null },
  raw: `CT01_33~${n}~start~${n % 20_000}~08:00:00.00~0~0F2A38~1`,
})

const session = (store: Store): string =>
  store.write(writer => createSession(writer, { name: 'Bench', timezone: 'UTC', raceDayId: null }))

/** Reads that a laptop kept while it had no network, to an empty centre. */
async function catchingUp(folder: string, central: BenchCentral, reads: number): Promise<Figure> {
  const { store, replication, close } = laptop(folder, 'kept')
  const id = session(store)
  for (let n = 1; n <= reads; n += 5_000)
    store.write(
      writer => {
        const page = Array.from({ length: Math.min(5_000, reads - n + 1) }, (_, k) => read(n + k, Date.now()))
        journal(writer, id, page, writer.at)
      },
      'bench',
      'later',
    )
  await replication.start()
  const began = performance.now()
  const cpu = process.cpuUsage()
  await replication.join(await central.code())
  await until(() => replication.status().peers[0]?.readsToSend === 0, 20)
  const took = ms(began)
  const used = process.cpuUsage(cpu)
  await close()
  const { owner } = central
  const exchange = join(folder, 'exchange')
  mkdirSync(exchange)
  chmodSync(exchange, 0o777)
  const file = join(exchange, 'reads.copy')
  await owner.query(`COPY timing_reads TO '${file}'`)
  await owner.query('CREATE TABLE copied (LIKE timing_reads INCLUDING DEFAULTS INCLUDING INDEXES)')
  const copyBegan = performance.now()
  await owner.query(`COPY copied FROM '${file}'`)
  const copied = ms(copyBegan)
  await owner.query('DROP TABLE copied')
  const { rows } = await owner.query<{ n: number }>('SELECT count(*)::integer AS n FROM timing_reads')
  if (rows[0]?.n !== reads) throw new Error(`${rows[0]?.n} of ${reads} reads came`)
  const rate = (time: number): string => `${Math.round(reads / (time / 1000)).toLocaleString('en')}/s`
  return {
    what: `${reads.toLocaleString('en')} reads of one laptop to an empty central database`,
    measured: `${rate(took)} (${round(took / 1000)} s, ${round((used.user + used.system) / 1e6)} s CPU here); ${round(copied / took, 3)} of COPY`,
    beside: `${rate(copied)}: the server's own COPY of the same rows from a file, with the same indexes`,
    reach: '≥ 0.4 of COPY',
  }
}

/** How old a read is when another laptop has it. */
async function lag(folder: string, central: BenchCentral, seconds: number): Promise<Figure> {
  const from = laptop(folder, 'from')
  const to = laptop(folder, 'to')
  const ages: number[] = []
  const toCentre: number[] = []
  try {
    const id = session(from.store)
    for (const each of [from, to]) {
      await each.replication.start()
      await each.replication.join(await central.code())
    }
    await until(() => to.store.read.get('SELECT 1 FROM timing_sessions WHERE id = ?', id) !== undefined, 20)
    await until(() => to.replication.status().peers[0]?.state === 'in-step', 20)
    const reads = `SELECT MAX(id) AS id FROM timing_reads`
    let seen = to.store.read.get<{ id: number | null }>(reads)?.id ?? 0
    const unhear = to.store.onChange(tables => {
      if (!tables.has('timing_reads')) return
      const now = Date.now()
      const fresh = to.store.read.all<{ id: number; at: number }>(
        'SELECT id, received_at AS at FROM timing_reads WHERE id > ?',
        seen,
      )
      seen = fresh.at(-1)?.id ?? seen
      for (const { at } of fresh) ages.push(now - at)
    })
    const every = 20
    let n = 0
    for (let turn = 0; turn < (seconds * 1000) / every; turn++) {
      const page = Array.from({ length: (A_SECOND * every) / 1000 }, () => read(++n, Date.now()))
      from.store.write(writer => journal(writer, id, page, writer.at))
      const oldest = from.replication.status().peers[0]?.lagMs ?? 0
      toCentre.push(oldest)
      await rest(every)
    }
    await until(() => ages.length >= n, 20)
    unhear()
  } finally {
    await from.close()
    await to.close()
  }
  return {
    what: `lag of a read at ${A_SECOND.toLocaleString('en')}/s, for ${seconds} s: received on one laptop → kept on another, through the centre`,
    measured: `p50 ${percentile(ages, 0.5)} ms, p99 ${percentile(ages, 0.99)} ms, worst ${percentile(ages, 1)} ms`,
    beside: `not yet at the centre, sampled: p50 ${percentile(toCentre, 0.5)} ms, p99 ${percentile(toCentre, 0.99)} ms`,
    reach: 'p99 ≤ 1 s',
  }
}

/** Size: how many reads a laptop has kept. */
export const benchReplication = (sizes: readonly number[]): Promise<Figure[]> =>
  inFolder(async folder => {
    chmodSync(folder, 0o711)
    const central = await openCentral(folder)
    try {
      const late = await lag(folder, central, SECONDS)
      await central.owner.query('TRUNCATE timing_reads')
      return [late, await catchingUp(folder, central, sizes[0] ?? READS)]
    } finally {
      await central.stop()
    }
  })
