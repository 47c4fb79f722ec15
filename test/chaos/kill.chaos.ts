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
import { createCtp01Source } from './ctp01-source.ts'
import { createImportSource } from './import-source.ts'
import { createKilledApp, type KilledApp } from './killed-app.ts'
import type { Source } from './source.ts'

const HELP = `npm run test:chaos [-- KILLS] [--seed N]

kill -9 of the app at random moments (default 50) while a reader's software streams and files are imported; started
again on the same folder and ports each time. At the end every read that was sent is stored once, has a link row, and
the database and every backup pass quick_check.`

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
function prepare(): { readonly sessionId: string; readonly imports: readonly string[] } {
  const store = open()
  const people = Array.from({ length: 400 }, (_, index) => String(index + 1))
  const sessionId = putRace(
    store,
    people.map(bib => ({ id: `p${bib}`, bib, chips: [bib] })),
  )
  const imports = store.write(writer =>
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
  return { sessionId, imports }
}

/** Now and then a moment before it is up, mostly while it works. */
async function killAtSomeMoment(app: KilledApp): Promise<boolean> {
  const early = random() < 0.15
  const ready = app.start()
  if (early) await wait(random() * 600)
  else if (await ready) {
    if (random() < 0.3) void app.post('/backups', {}).catch(() => {})
    await wait(random() * 900)
  }
  await app.kill()
  return ready
}

async function linkTroubles(store: ReturnType<typeof open>): Promise<readonly string[]> {
  const waiting = () =>
    store.read.get<{ rows: number }>(
      'SELECT COUNT(*) AS rows FROM timing_reads r LEFT JOIN read_links l ON l.read_id = r.id WHERE l.read_id IS NULL',
    )?.rows ?? 0
  for (const until = Date.now() + LINKS_WITHIN_MS; waiting() > 0 && Date.now() < until; ) await wait(100)
  return waiting() === 0 ? [] : [`${waiting()} reads have no link row`]
}

function fileTroubles(): { readonly troubles: readonly string[]; readonly backups: number } {
  const scratch = mkdtempSync(join(tmpdir(), 'trackside-chaos-look-'))
  const backups = readdirSync(join(folder, 'backups')).filter(name => name.endsWith('.db'))
  const looked = [file, ...backups.map(name => join(folder, 'backups', name))].map((path, index) => {
    const copy = join(scratch, `${index}.db`)
    copyFileSync(path, copy)
    return { path, problem: inspectDatabase({ file: copy, migrations }).problem }
  })
  rmSync(scratch, { recursive: true })
  const troubles = looked.flatMap(({ path, problem }) => (problem === null ? [] : [`${path}: ${problem}`]))
  return { troubles, backups: backups.length }
}

const began = Date.now()
const { sessionId, imports } = prepare()
const app = await createKilledApp(folder)
const lines = controllerFile('FINISH3/05080711.csv').toString('utf8').trimEnd().split(/\r?\n/)
const sources: readonly Source[] = [
  createCtp01Source({ port: app.timingPort, zone: CHICAGO, sessionId, chips: CHIPS }),
  createImportSource({ app, lines, sessions: imports, random: createRandom(seed + 1) }),
]
console.log(`${kills} kills, seed ${seed}, in ${folder}`)
for (const source of sources) source.start()
let early = 0
for (let done = 1; done <= kills; done += 1) {
  if (!(await killAtSomeMoment(app))) early += 1
  if (done % 25 === 0) console.log(`${done} kills, ${Math.round((Date.now() - began) / 1000)} s`)
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
const found = (await Promise.all(sources.map(source => source.troubles(store.read)))).flat()
store.close()
const files = fileTroubles()
const troubles = [...found, ...links, ...files.troubles]
console.log(`${kills} kills, ${early} of them before it was up, ${Math.round((Date.now() - began) / 1000)} s`)
for (const source of sources) console.log(`${source.name}: ${source.figures()}`)
console.log(`links: ${states.map(({ state, rows }) => `${rows} ${state}`).join(', ')}`)
console.log(`quick_check: the database and ${files.backups} backups`)
console.log(troubles.length === 0 ? 'Nothing lost, nothing twice.' : `WRONG:\n  ${troubles.join('\n  ')}`)
if (troubles.length === 0) rmSync(folder, { recursive: true })
process.exit(troubles.length === 0 ? 0 : 1)
