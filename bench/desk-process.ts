import { join } from 'node:path'
import { createApp } from '../src/app/create-app.ts'
import { createMemorySecrets } from '../src/secrets/memory.ts'
import { createServer } from '../src/server/server.ts'
import { setBibChips } from '../src/store/bib-chips.ts'
import { storeEvent } from '../src/store/events.ts'
import { createSession } from '../src/store/links.ts'
import { migrations, silent } from './measure.ts'
import { variedNames } from './names.ts'
import { crowd, harbor } from './people.ts'

/** The app with a race day of four events, served in a process of its own: `desk-process.ts FOLDER PEOPLE CHIP_PREFIX`. */
const [folder, people, prefix] = process.argv.slice(2)
if (folder === undefined || people === undefined || prefix === undefined) process.exit(2)

const EVENTS = [
  { name: 'Marathon', share: 0.5, startsAt: '07:30' },
  { name: 'Half marathon', share: 0.3, startsAt: '08:30' },
  { name: '10K', share: 0.15, startsAt: '09:30' },
  { name: '5K', share: 0.05, startsAt: '10:00' },
]

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
const today = new Date().toISOString().slice(0, 10)
const lastName = variedNames(5)
let firstBib = 1
for (const [index, { name, share, startsAt }] of EVENTS.entries()) {
  const event = store.write(writer =>
    storeEvent(writer, 'bench', {
      ...harbor,
      sourceEventId: String(index + 1),
      eventName: name,
      eventDate: today,
      startAt: Date.parse(`${today}T${startsAt}:00Z`),
    }),
  )
  const count = Math.round(Number(people) * share)
  crowd(store, event, count, lastName, firstBib)
  firstBib += count
}
const day = store.read.get<{ id: string }>('SELECT id FROM race_days')?.id
if (day === undefined) throw new Error('no race day came with the events')
store.write(writer => {
  const chips = Array.from({ length: firstBib - 1 }, (_, n) => ({
    chip: `${prefix}${String(n + 1).padStart(6, '0')}`,
    bib: String(n + 1),
  }))
  setBibChips(writer, day, chips)
  createSession(writer, { name: 'Harbor', timezone: 'UTC', raceDayId: day })
})
await app.start()
const server = createServer({
  app,
  host: '127.0.0.1',
  port: 0,
  rendererFolder: join(import.meta.dirname, '..', 'out', 'renderer'),
  version: 'bench',
  log: silent,
})
await server.start()

process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send?.((user + system) / 1e6)
})
process.on('disconnect', async () => {
  await server.stop()
  await app.stop()
  process.exit(0)
})
process.send?.({
  address: server.address(),
  signIn: server.signInAddress(),
  token: app.access.managerToken(),
  timingPort: app.timingPort(),
})
