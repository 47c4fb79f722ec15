import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { BASE_TABLES } from '../src/rehearsal/project88/base-tables.ts'
import { PRODUCTION_TABLES } from '../src/rehearsal/project88/later-tables.ts'
import { fillings } from '../src/rehearsal/project88/rows.ts'
import { type Volumes, volumesOf } from '../src/rehearsal/project88/volumes.ts'
import { migrateCentral } from '../src/replication/central/migrate.ts'
import { importLegacy } from '../src/replication/legacy/import-legacy.ts'
import { recomputeEverybody } from '../src/replication/people/recompute.ts'
import { startOwnPostgres } from '../test/support/own-postgres.ts'
import { planFigures } from './legacy-queries.ts'
import { type Figure, inFolder, ms, round } from './measure.ts'

const CENTRAL = join(import.meta.dirname, '..', 'drizzle', 'central')
const SERVER = {
  shared_buffers: '2GB',
  max_wal_size: '6GB',
  maintenance_work_mem: '512MB',
  work_mem: '64MB',
  jit: 'off',
}

const number = (value: number): string => Math.round(value).toLocaleString('en')
const say = (text: string): void => console.error(`  ${text}`)
/** A figure is said as soon as it is known: the whole takes an hour. */
const said = (figure: Figure): Figure => {
  say(`${figure.what}: ${figure.measured}; ${figure.beside}`)
  return figure
}

/** The platform's tables at a share of its load, brought over, beside COPY; then the plan's own queries on what came of it. */
export const benchLegacy = ([percent = 2]: readonly number[]): Promise<Figure[]> =>
  inFolder(async folder => {
    // As root the server runs as a user of its own, who must get to its folder.
    chmodSync(folder, 0o711)
    const server = await startOwnPostgres(join(folder, 'server'), SERVER)
    const url = server.address('postgres')
    const connect = async (): Promise<pg.Client> => {
      const client = new pg.Client({ connectionString: url })
      client.on('error', () => {})
      await client.connect()
      return client
    }
    const client = await connect()
    try {
      const volumes = volumesOf(percent)
      await fillPlatform(client, volumes)
      await migrateCentral(client, CENTRAL)
      const { figure, importedIn } = await measureImport(connect, client, volumes)
      const people = await measurePeople(connect)
      const admin = await connectAsAdmin(client, url)
      return [
        figure,
        people,
        ...(await planFigures(client, admin, said)),
        await measureAgain(connect, importedIn),
      ]
    } finally {
      await client.end()
      await server.stop()
    }
  })

/** As the plan's programs would come: a login of ours that acts for all partners, under row security. */
async function connectAsAdmin(owner: pg.Client, url: string): Promise<pg.Client> {
  await owner.query(`CREATE ROLE bench_admin LOGIN PASSWORD 'bench' IN ROLE trackside_admin`)
  await owner.query(
    `INSERT INTO trackside.partner_memberships (login, role, holder) VALUES ('bench_admin', 'admin', 'bench')`,
  )
  const address = new URL(url)
  address.username = 'bench_admin'
  address.password = 'bench'
  const admin = new pg.Client({ connectionString: address.href, options: '-c search_path=trackside,public' })
  admin.on('error', () => {})
  await admin.connect()
  await admin.query(`SELECT trackside.act_for(NULL, 'A bench of the plan''s queries', '12 hours')`)
  return admin
}

async function fillPlatform(client: pg.Client, volumes: Volumes): Promise<void> {
  await client.query(BASE_TABLES)
  await client.query(PRODUCTION_TABLES)
  // Its foreign keys hold by how the rows are made.
  await client.query('SET session_replication_role = replica')
  for (const statement of fillings(volumes)) {
    const began = performance.now()
    const { rowCount } = await client.query(statement)
    say(`${statement.split(' ')[2]}: ${number(rowCount ?? 0)} rows in ${round(ms(began) / 1000, 1)} s`)
  }
  await client.query('RESET session_replication_role')
  await client.query('ANALYZE')
}

async function imported(connect: () => Promise<pg.Client>): Promise<{
  readonly seconds: number
  readonly rows: number
  readonly added: number
}> {
  const began = performance.now()
  let saidAt = began
  const report = await importLegacy({
    ...{ central: connect, far: null, partners: null, signal: new AbortController().signal },
    onProgress: ({ partner, kind, done, of }) => {
      if (ms(saidAt) < 15_000) return
      saidAt = performance.now()
      say(`partner ${partner}, ${kind}: ${number(done)} of ${number(of)}`)
    },
  })
  return {
    seconds: ms(began) / 1000,
    rows: report.kinds.reduce((sum, one) => sum + one.rowsRead, 0),
    added: report.kinds.reduce((sum, one) => sum + one.added, 0),
  }
}

async function measureImport(
  connect: () => Promise<pg.Client>,
  client: pg.Client,
  volumes: Volumes,
): Promise<{ readonly figure: Figure; readonly importedIn: number }> {
  const { seconds, rows, added } = await imported(connect)
  say(`${number(rows)} old rows in ${round(seconds, 1)} s`)
  const copied = await copyRate(client)
  const old = `${number(volumes.runsignupPeople + volumes.entries)} people and ${number(volumes.bracketResults + volumes.runsignupResults)} results`
  const figure = said({
    what: `import of the existing platform: ${old} of ${volumes.partners} partners, two at a time`,
    measured:
      `${number(rows)} old rows in ${round(seconds, 1)} s: ${number(rows / seconds)} rows/s; ` +
      `${number(added)} rows of ours, ${number(added / seconds)} rows/s`,
    beside: `COPY of the same rows of ours into tables with the same indexes: ${number(copied)} rows/s (import ${round(added / seconds / copied)} of it)`,
    reach: 'beside COPY',
  })
  return { figure, importedIn: seconds }
}

async function measurePeople(connect: () => Promise<pg.Client>): Promise<Figure> {
  const began = performance.now()
  let saidAt = began
  const people = await recomputeEverybody(connect, null, {
    signal: new AbortController().signal,
    onProgress: (partner, { registrations }) => {
      if (ms(saidAt) < 15_000) return
      saidAt = performance.now()
      say(`partner ${partner}: ${number(registrations)} registrations compared`)
    },
  })
  const seconds = ms(began) / 1000
  return said({
    what: 'who is one person, all registrations compared',
    measured: `${number(people.registrations)} registrations are ${number(people.people)} people, in ${round(seconds, 1)} s: ${number(people.registrations / seconds)} rows/s`,
    beside: '–',
    reach: '–',
  })
}

async function measureAgain(connect: () => Promise<pg.Client>, importedIn: number): Promise<Figure> {
  const { seconds, rows, added } = await imported(connect)
  return said({
    what: 'the same import again, nothing new',
    measured: `${number(rows)} old rows in ${round(seconds, 1)} s: ${number(rows / seconds)} rows/s; ${added} new`,
    beside: `the first: ${round(importedIn, 1)} s`,
    reach: '0 new',
  })
}

/** The very rows that the import made, out of a file of the server's into bare copies of the tables. @returns rows a second */
async function copyRate(client: pg.Client): Promise<number> {
  const { rows: place } = await client.query<{ folder: string }>(
    `SELECT current_setting('data_directory') AS folder`,
  )
  let rows = 0
  let seconds = 0
  for (const table of ['normalized_events', 'normalized_participants', 'normalized_results']) {
    const file = `${place[0]?.folder}/${table}.copy`
    await client.query(`COPY ${table} TO '${file}'`)
    await client.query(`CREATE TABLE bare_${table} (LIKE ${table} INCLUDING ALL)`)
    const began = performance.now()
    const { rowCount } = await client.query(`COPY bare_${table} FROM '${file}'`)
    seconds += ms(began) / 1000
    rows += rowCount ?? 0
    await client.query(`DROP TABLE bare_${table}`)
  }
  return rows / seconds
}
