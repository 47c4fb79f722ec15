import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type ElectronApplication, expect, test } from 'playwright/test'
import { postmasterOf } from '../../src/replication/hub/postmaster.ts'
import { createSession } from '../../src/store/links.ts'
import { type JournalRead, journal } from '../../src/store/reads.ts'
import { openStore } from '../../src/store/store.ts'
import { createPlace, type Place } from '../support/electron-here.ts'
import { electronDist, NO_ELECTRON } from '../support/electron-stage.ts'

const dist = electronDist()
const sizeOfDatabase = (folder: string): number =>
  statSync(join(folder, 'trackside.db'), { throwIfNoEntry: false })?.size ?? 0
test.skip(dist === null, NO_ELECTRON)

const practiceFolders = (electron: ElectronApplication): Promise<readonly string[]> =>
  electron.evaluate(() => {
    const { readdirSync } = process.getBuiltinModule('node:fs')
    const folder = process.getBuiltinModule('node:os').tmpdir()
    return readdirSync(folder).flatMap(name =>
      name.startsWith('trackside-practice-') ? [`${folder}/${name}`] : [],
    )
  })

/** As many reads as are counted by a thread. */
const aCrowd = Array.from(
  { length: 6000 },
  (_, n): JournalRead => ({
    ...{
      kind: 'chip',
      identity: `x|${n}`,
      source: 'test',
      device: 'A',
      streamId: null,
      streamLocation: 'Start',
    },
    ...{ sequence: null, chip: String(n), bibNumber: null, readAt: n, rawTime: null, timeProblem: null },
    ...{ antenna: null, rssi: null, lap: null, raw: '' },
  }),
)

let place: Place

test.beforeEach(() => {
  if (dist !== null) place = createPlace(dist)
})

test.afterEach(() => place?.remove())

test('started on the checkout, as npm start does, it opens as well', async () => {
  const { electron, page } = await place.launchCheckout()
  await expect(page.locator('#root')).not.toBeEmpty()
  // Refused by the session, or answered by ourselves: nothing asks the net.
  const asked = await electron.evaluate(({ session }) =>
    Promise.all(
      ['https://example.com/', 'http://127.0.0.1:9/'].map(url =>
        session.defaultSession.fetch(url).then(
          answer => String(answer.status),
          (error: Error) => error.message,
        ),
      ),
    ),
  )
  expect(asked[0]).toMatch(/ERR_BLOCKED_BY_CLIENT|^403$/)
  expect(asked[1]).toContain('ERR_BLOCKED_BY_CLIENT')
  await electron.close()
})

test('a damaged database is said in words, and there is no window without one', async () => {
  place.put('trackside.db', 'no database at all, '.repeat(500))
  const running = place.run()
  await expect.poll(running.said, { timeout: 20_000 }).toContain('is damaged. It was left as it is.')
  expect(running.said()).not.toContain('Trackside is running')
  running.kill()
  await running.end
})

test('closing the window stops the app in order', async () => {
  const { electron, page } = await place.launch()
  await expect(page.locator('#root')).not.toBeEmpty()
  const child = electron.process()
  const ended = new Promise<number | null>(done => child.once('exit', code => done(code)))
  await electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())
  expect(await ended).toBe(0)
})

test('what its screens count is counted by a thread of its own, until it closes', async () => {
  place.make('trackside.db', file => {
    const store = openStore({ file, migrations: 'drizzle/local', clock: Date.now })
    store.write(writer => {
      const session = createSession(writer, { name: 'Harbor', timezone: 'UTC', raceDayId: null })
      journal(writer, session, aCrowd, Date.now())
    })
    store.close()
  })
  const { electron, page } = await place.launch()
  await expect(page.locator('#root')).not.toBeEmpty()
  const databasesOpen = (): Promise<number> =>
    electron.evaluate(() => {
      const { readdirSync, readlinkSync } = process.getBuiltinModule('node:fs')
      const linkOf = (name: string): string => {
        try {
          return readlinkSync(`/proc/self/fd/${name}`)
        } catch {
          return ''
        }
      }
      return readdirSync('/proc/self/fd').filter(name => linkOf(name).endsWith('trackside.db')).length
    })
  // The store's own connection, and that of the thread, which the status bar asks.
  await expect.poll(databasesOpen).toBe(2)
  const child = electron.process()
  let said = ''
  child.stderr?.on('data', (bytes: Buffer) => {
    said += bytes.toString('utf8')
  })
  const ended = new Promise<number | null>(done => child.once('exit', code => done(code)))
  await electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())
  expect(await ended).toBe(0)
  expect(said).not.toContain('thread that counts')
  expect(readdirSync(place.data).filter(name => name.startsWith('trackside.db'))).toEqual(['trackside.db'])
})

test('the practice race opens in a window of its own and ends with it', async () => {
  test.slow()
  const { electron, page } = await place.launch()
  const before = await practiceFolders(electron)
  const opening = electron.waitForEvent('window', { timeout: 60_000 })
  await page.getByRole('button', { name: 'Practice race' }).click()
  const practice = await opening
  await expect(practice.getByText('Practice race: simulated providers and readers')).toBeVisible()
  const titles = () =>
    electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map(one => one.getTitle()))
  await expect.poll(titles).toContainEqual(expect.stringContaining('practice race, nothing here is real'))
  // Its people and reads go from the log into the database, which only the store's thread does before 128 MB.
  const folders = (await practiceFolders(electron)).filter(folder => !before.includes(folder))
  const copied = (): number => Math.max(...folders.map(sizeOfDatabase))
  await expect.poll(copied, { timeout: 60_000 }).toBeGreaterThan(1_000_000)
  await expect(practice.getByLabel('Status', { exact: true })).toContainText(/Central (in step|catching up)/)
  const [folder = ''] = folders
  const database = () => postmasterOf(join(folder, 'hub', 'cluster'))
  expect(await database()).not.toBeNull()
  await practice.close()
  await expect.poll(titles).toEqual(['Trackside'])
  await expect(page.locator('#root')).not.toBeEmpty()
  // Quitting waits for the practice race that is just ending.
  await electron.close()
  expect(await database()).toBeNull()
  expect(existsSync(folder)).toBe(false)
})
