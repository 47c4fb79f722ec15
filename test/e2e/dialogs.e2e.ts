import { expect, type Page, test } from 'playwright/test'
import { legibleInEveryTheme } from '../support/legible.ts'
import { type ServedWorld, serveWorld } from '../support/served-world.ts'

/** A small laptop at a race. */
test.use({ viewport: { width: 1280, height: 720 } })

let served: ServedWorld

test.beforeAll(async () => {
  served = await serveWorld()
  const { world, reader, readOf } = served
  const call = world.call()
  const [connection] = (await call.connections.list()).connections
  await call.sync.manual({ connectionId: connection?.id ?? '', wait: true })
  const [two] = (await call.raceDay.lookup({ bib: '2' })).matches
  await call.raceDay.decide({ id: two?.id ?? '', field: 'bib_number', value: '1' })
  reader.push(readOf('3'))
  reader.lose(readOf('4'))
  reader.push(readOf('4400'))
  await expect.poll(async () => (await call.readers.status()).alarms.length).toBeGreaterThan(0)
})
test.afterAll(() => served?.stop())

type Way = (page: Page) => Promise<void>

const press = async (page: Page, name: string | RegExp): Promise<void> =>
  page.getByRole('button', { name }).first().click()
const screen = async (page: Page, name: string): Promise<void> =>
  page.getByLabel('Screens').getByRole('button', { name }).click()
const readersView = async (page: Page, name: string): Promise<void> => {
  await page.keyboard.press('Alt+6')
  await page.getByRole('navigation', { name: 'Readers views' }).getByRole('button', { name }).click()
}
const desk =
  (key: string): Way =>
  async page => {
    await page.keyboard.press('Alt+1')
    const box = page.getByLabel('Bib, chip or name', { exact: true })
    await box.fill('3')
    await box.press('Enter')
    await expect(page.getByLabel('Help desk').getByRole('article')).toBeVisible()
    await page.keyboard.press(key)
  }
const status =
  (name: RegExp): Way =>
  page =>
    page.getByLabel('Status', { exact: true }).getByRole('button', { name }).click()
const connectionTab =
  (tab: string | RegExp, name: string | RegExp): Way =>
  async page => {
    await screen(page, 'Connections')
    await page.getByRole('tab', { name: tab }).click()
    await press(page, name)
  }
const readers =
  (view: string, name: string | RegExp): Way =>
  async page => {
    await readersView(page, view)
    await press(page, name)
  }

const DIALOGS: Readonly<Record<string, Way>> = {
  bib: desk('F2'),
  chip: desk('F3'),
  status: desk('F6'),
  note: desk('F8'),
  'walk-up': desk('F9'),
  'whose-read': async page => {
    await page.keyboard.press('Alt+1')
    await page.keyboard.press('F7')
    await page.keyboard.press('Enter')
  },
  'chip-file': page => page.keyboard.press('Alt+L'),
  'import-file': page => press(page, 'Import file…'),
  'double-bibs': page => press(page, /worn twice/),
  'close-the-race': page => page.keyboard.press('Alt+7'),
  'change-start': async page => {
    await page.keyboard.press('Alt+3')
    await press(page, /^Change/)
  },
  'wave-off': readers('Now', 'Wave off…'),
  decoder: readers('Now', 'Add a decoder…'),
  'place-box': readers('Boxes', /^Place box/),
  location: readers('Locations', 'Add a location…'),
  laps: readers('Locations', /^Laps at/),
  limits: readers('Locations', 'Limits…'),
  offset: readers('Clocks', /^Give .* an offset/),
  alerts: status(/^Alerts/),
  backups: status(/^Backup/),
  'move-out': async page => {
    await status(/^Backup/)(page)
    await press(page, 'Move to the spare laptop…')
  },
  'central-and-hub': status(/^Central/),
  'write-bibs': connectionTab('Overview', /^Write bibs/),
  'mapping-versions': connectionTab(/^Mapping/, /^Versions/),
  'delete-connection': connectionTab('Settings', 'Delete connection…'),
}

for (const [name, open] of Object.entries(DIALOGS)) {
  test(`the ${name} dialog is reached, read in every theme, whole, and closed by a key`, async ({ page }) => {
    await page.goto(served.signInAddress())
    await expect(page.getByLabel('Bib, chip or name', { exact: true })).toBeFocused()
    await open(page)
    const dialog = page.getByRole('dialog')
    await expect(dialog).toHaveCount(1)
    await expect.poll(() => dialog.evaluate(one => one.contains(document.activeElement))).toBe(true)
    await legibleInEveryTheme(page, name)
    await page.keyboard.press('Escape')
    await expect(dialog).toHaveCount(0)
  })
}
