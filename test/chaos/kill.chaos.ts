import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { createRandom } from '../../src/rehearsal/random.ts'
import { inspectDatabase } from '../../src/store/inspect.ts'
import { createSession } from '../../src/store/links.ts'
import { openStore } from '../../src/store/store.ts'
import { CHICAGO, controllerFile, putRace } from '../timing/race.ts'
import { builtApp } from './built-app.ts'
import { compare } from './compare.ts'
import { createCtp01Source } from './ctp01-source.ts'
import { createImportSource } from './import-source.ts'
import { createKilledApp } from './killed-app.ts'
import { createMylapsSource } from './mylaps-source.ts'
import type { Source } from './source.ts'

const HELP = `npm run test:chaos [-- KILLS] [--seed N]

kill -9 of the app at random moments (default 50) while readers' software streams (CTP01, MYLAPS 1 and 2.1) and files
are imported; started again on the same folder and ports each time. At the end every read that was sent is stored
once, has a link row, and the database and every backup pass quick_check.`

const { values, positionals } = parseArgs({
  options: { seed: { type: 'string' }, help: { type: 'boolean' } },
  allowPositionals: true,
})
if (values.help) {
  console.log(HELP)
  process.exit(0)
}
const kills = Number(positionals[0] ?? 50)
const seed = Number(values.seed ?? Date.now() % 1_000_000)
const random = createRandom(seed)
const migrations = join(import.meta.dirname, '..', '..', 'drizzle', 'local')
const folder = mkdtempSync(join(tmpdir(), 'trackside-chaos-'))
const file = join(folder, 'trackside.db')
const open = () => openStore({ file, migrations, clock: Date.now })
const CHIPS = 500
const LINKS_WITHIN_MS = 60_000

/** A race of 400 people with chips 1 to 400, the readers' session, and older ones for the imports. */
function prepare(): { readonly sessionId: string; readonly importSessions: readonly string[] } {
  const store = open()
  const people = Array.from({ length: 400 }, (_, index) => String(index + 1))
  const sessionId = putRace(
    store,
    people.map(bib => ({ id: `p${bib}`, bib, chips: [bib] })),
  )
  const importSessions = store.write(writer =>
    Array.from({ length: Math.max(4, Math.ceil(kills / 10)) }, (_, index) =>
      createSession(writer, {
        name: `Import ${index}`,
        timezone: CHICAGO,
        raceDayId: 'day',
        startedAt: index,
      }),
    ),
  )
  store.close()
  return { sessionId, importSessions }
}

/** What the app was about when it was killed; a kill may hit several. */
const hit = { startingUp: 0, owingAnAnswer: 0, importing: 0, linking: 0, backingUp: 0 }
let startMs = 500

/** Now and then a moment before it is up, mostly while it works, and often while it makes a backup. */
async function killAtSomeMoment(): Promise<void> {
  const early = random() < 0.15
  const starting = Date.now()
  const started = app.start().then(up => {
    if (up === null) return false
    // What the kill before left to be linked.
    if (up.unlinked > 0) hit.linking += 1
    startMs = Date.now() - starting
    return true
  })
  let copying = false
  if (early) await wait(random() * startMs)
  else if (await started) {
    if (random() < 0.4) {
      copying = true
      const copied = () => {
        copying = false
      }
      app.post('/backups', {}).then(copied, copied)
    }
    await wait(random() * 600)
  }
  if (copying) hit.backingUp += 1
  if (readers.some(source => source.waiting())) hit.owingAnAnswer += 1
  if (imports.waiting()) hit.importing += 1
  await app.kill()
  if (!(await started)) hit.startingUp += 1
}

async function linkTroubles(
  store: ReturnType<typeof open>,
): Promise<{ readonly without: number; readonly troubles: readonly string[] }> {
  const waiting = () =>
    store.read.get<{ rows: number }>(
      'SELECT COUNT(*) AS rows FROM timing_reads r LEFT JOIN read_links l ON l.read_id = r.id WHERE l.read_id IS NULL',
    )?.rows ?? 0
  for (const until = Date.now() + LINKS_WITHIN_MS; waiting() > 0 && Date.now() < until; ) await wait(100)
  const without = waiting()
  return { without, troubles: without === 0 ? [] : [`${without} reads have no link row`] }
}

function fileTroubles(): { readonly troubles: readonly string[]; readonly backups: number } {
  const scratch = mkdtempSync(join(tmpdir(), 'trackside-chaos-look-'))
  const backups = readdirSync(join(folder, 'backups')).filter(name => name.endsWith('.db'))
  const troubles = [file, ...backups.map(name => join(folder, 'backups', name))].flatMap((path, index) => {
    const copy = join(scratch, `${index}.db`)
    copyFileSync(path, copy)
    const { problem } = inspectDatabase({ file: copy, migrations })
    rmSync(copy)
    return problem === null ? [] : [`${path}: ${problem}`]
  })
  rmSync(scratch, { recursive: true })
  return { troubles, backups: backups.length }
}

const seconds = (since: number): number => Math.round((Date.now() - since) / 1000)

const began = Date.now()
const { sessionId, importSessions } = prepare()
const app = await createKilledApp({ script: await builtApp(), dataFolder: folder, migrations })
const lines = controllerFile('FINISH3/05080711.csv').toString('utf8').trimEnd().split(/\r?\n/)
const race = { zone: CHICAGO, sessionId, chips: CHIPS }
const readers: readonly Source[] = [
  createCtp01Source({ ...race, port: app.timingPort }),
  createMylapsSource({ ...race, port: app.mylapsPort, version: 1 }),
  createMylapsSource({ ...race, port: app.mylapsPort, version: 2 }),
]
const imports = createImportSource({ app, lines, sessions: importSessions, random: createRandom(seed + 1) })
const sources = [...readers, imports]
console.log(`${kills} kills, seed ${seed}, in ${folder}`)
for (const source of sources) source.start()
for (let done = 1; done <= kills; done += 1) {
  await killAtSomeMoment()
  if (done % 25 === 0) console.log(`${done} kills, ${seconds(began)} s`)
}
await app.start()
const looking = open()
for (const source of sources) await source.finish(looking.read)
const links = await linkTroubles(looking)
looking.close()
await app.stop()

const store = open()
const states = store.read.all<{ state: string; rows: number }>(
  'SELECT state, COUNT(*) AS rows FROM read_links GROUP BY state ORDER BY state',
)
const rows = []
const troubles = [...links.troubles]
for (const source of sources) {
  const sent = await source.sent(store.read)
  const kept = source.kept(store.read)
  const acknowledged = source.acknowledged()
  const { doubles, lost, ...compared } = compare(sent, kept)
  rows.push({
    source: source.name,
    ...{ sent: sent.length, acknowledged: acknowledged ?? '–', stored: kept.length, doubles, lost },
  })
  if ((acknowledged ?? 0) > kept.length) troubles.push(`${source.name}: more is acknowledged than stored`)
  for (const trouble of [...source.troubles(), ...compared.troubles])
    troubles.push(`${source.name}: ${trouble}`)
}
store.close()
const files = fileTroubles()
troubles.push(...files.troubles)

console.table(rows)
console.table([
  {
    kills,
    seconds: seconds(began),
    'reads without a link row': links.without,
    quick_check: files.troubles.length === 0 ? `ok: the database and ${files.backups} backups` : 'FAILED',
  },
])
console.log(
  `killed: ${hit.startingUp} before it was up, ${hit.owingAnAnswer} owing an acknowledgement, ${hit.importing} in an import, ${hit.linking} with reads not linked yet, ${hit.backingUp} in a backup`,
)
for (const source of sources) console.log(`${source.name}: ${source.note()}`)
console.log(`links: ${states.map(({ state, rows }) => `${rows} ${state}`).join(', ')}`)
console.log(troubles.length === 0 ? 'Nothing lost, nothing twice.' : `WRONG:\n  ${troubles.join('\n  ')}`)
if (troubles.length === 0) rmSync(folder, { recursive: true })
process.exit(troubles.length === 0 ? 0 : 1)
