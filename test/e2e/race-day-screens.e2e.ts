import { expect, type Locator, type Page, test } from 'playwright/test'
import { type ServedWorld, serveWorld, ZONE } from '../support/served-world.ts'

let served: ServedWorld

test.beforeAll(async () => {
  served = await serveWorld()
})
test.afterAll(() => served?.stop())

/** The time of day at the site, as people write it. */
const siteClock = (at: number): string =>
  new Date(at).toLocaleTimeString('en-GB', { timeZone: ZONE, hourCycle: 'h23' })

const openReaders = (page: Page) => async (view: string | RegExp) => {
  await page.keyboard.press('Alt+6')
  await page.getByRole('navigation', { name: 'Readers views' }).getByRole('button', { name: view }).click()
}

async function chooseFile(page: Page, dialog: Locator, file: { name: string; text: string }): Promise<void> {
  const chooser = page.waitForEvent('filechooser')
  await dialog.getByLabel('File', { exact: true }).click()
  await (await chooser).setFiles({ name: file.name, mimeType: 'text/csv', buffer: Buffer.from(file.text) })
}

test('a race morning over the screens: gun, a reader’s gap, a box that was moved, a clock, a CSV, keyed reads, who is out', async ({
  page,
}) => {
  test.slow()
  const { reader, readOf } = served
  const status = page.getByLabel('Status', { exact: true })
  const readers = openReaders(page)
  const reads = () => served.world.call().timing.reads({ sessionId: served.session.id })

  await test.step('a gun is pressed for the start', async () => {
    await page.goto(served.signInAddress())
    await page.getByRole('button', { name: /^Starts/ }).click()
    await page.getByLabel('Gun now for').selectOption({ label: 'chosen for 5K' })
    await page.keyboard.press('Alt+G')
    await expect(page.getByRole('status').filter({ hasText: 'Gun kept for 5K' })).toBeVisible()
    await expect(page.getByText('every start has a gun')).toBeVisible()
    await expect(page.getByRole('table', { name: 'Starts' })).toContainText('chosen by')
  })

  await test.step('a read that got lost is an alarm in words until the reader brings it', async () => {
    await page.keyboard.press('Alt+6')
    const table = page.getByRole('table', { name: 'Readers' })
    await expect(table.getByRole('row').nth(1)).toContainText('connected')
    reader.push(readOf('1'))
    reader.lose(readOf('2'))
    reader.push(readOf('3'))
    const alarms = page.getByRole('list', { name: 'Alarms' })
    await expect(alarms).toContainText('Number 2 of FINISH is missing: 1 read.')
    await expect(status.getByRole('button', { name: 'Readers 1 alarm' })).toBeVisible()

    await alarms.getByRole('button', { name: 'Wave off…' }).click()
    await page.getByRole('dialog').getByLabel('Reason').fill('tested before the start')
    await page.getByRole('dialog').getByRole('button', { name: 'Wave off' }).click()
    const waved = page.getByRole('list', { name: 'Waved off' })
    await expect(waved).toContainText('tested before the start')
    await expect(alarms.getByRole('listitem')).toHaveCount(0)
    await waved.getByRole('button', { name: /^Take back/ }).click()
    await alarms.getByRole('button', { name: 'Ask again' }).click()
    await expect(page.getByText('No gap, no clock off, no reader missing.')).toBeVisible()
    await expect.poll(async () => (await reads()).reads.length).toBe(4)
  })

  await test.step('a box is placed, and its reads follow', async () => {
    await readers(/^Locations/)
    await page.getByRole('button', { name: 'Add a location…' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name').fill('9K')
    await dialog.getByRole('button', { name: 'Add', exact: true }).click()
    await expect(page.getByRole('table', { name: 'Locations' })).toContainText('9K')
    await readers('Where boxes stood')
    await page.getByRole('button', { name: 'Place box 0F2A38' }).click()
    await dialog.getByLabel('Location').selectOption({ label: '9K' })
    await dialog.getByRole('button', { name: 'Place it' }).click()
    const where = async () => {
      const { reads: all } = await reads()
      return [...new Set(all.filter(read => read.device === '0F2A38').map(read => read.location))]
    }
    await expect.poll(where).toEqual(['9K'])
    await page.getByRole('button', { name: /^0F2A38 at 9K/ }).click()
    await dialog.getByRole('button', { name: 'Remove' }).click()
    await expect(page.getByRole('region', { name: 'Box 0F2A38' })).toContainText('by its reads: FINISH')
    await expect.poll(where).toEqual(['FINISH'])
  })

  await test.step('a reader’s offset says how many reads it moves, and is taken back', async () => {
    await readers('Clocks')
    await page.getByRole('button', { name: 'Give 0F2A38 an offset' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Is added to its times').fill('2.31')
    await expect(dialog.getByRole('status')).toContainText('Moves 3 reads by +2.31 s')
    const before = (await reads()).reads.find(read => read.bibNumber === '1')?.at ?? 0
    const moved = async () => ((await reads()).reads.find(read => read.bibNumber === '1')?.at ?? 0) - before
    await dialog.getByRole('button', { name: 'Apply' }).click()
    await expect.poll(moved).toBe(2310)
    await page.getByRole('button', { name: 'Take back +2.31 s of 0F2A38' }).click()
    await expect.poll(moved).toBe(0)
    await expect(page.getByRole('list', { name: 'Offsets given' }).getByRole('listitem')).toHaveCount(2)
  })

  await test.step('a CSV’s columns are chosen above its rows, and what it refuses is listed', async () => {
    await page.getByRole('button', { name: 'Import file…' }).click()
    const dialog = page.getByRole('dialog')
    const at = Date.now()
    const text = `what,when,where\n7,${siteClock(at)},Start\n8,soon,Start\n`
    await chooseFile(page, dialog, { name: 'start.csv', text })
    await expect(dialog.getByText('Which column is the time')).toBeVisible()
    await dialog.getByLabel('Column 1 is').selectOption('Chip')
    await dialog.getByLabel('Column 2 is').selectOption('Time')
    await dialog.getByLabel('Column 3 is').selectOption('Location')
    await expect(dialog.getByRole('status')).toContainText('1 read of 1 chip')
    await expect(dialog.getByRole('table', { name: 'Refused lines' })).toContainText('"soon" is not a time')
    await dialog.getByRole('button', { name: 'Import', exact: true }).click()
    await expect(dialog.getByRole('status')).toContainText('2 lines: 1 new, 0 already here, 1 refused')
    await dialog.getByRole('button', { name: 'Close', exact: true }).click()
  })

  await test.step('a keyed read is somebody’s', async () => {
    await page.getByRole('button', { name: /^Keyed reads/ }).click()
    await page.getByLabel('Bib, now or later').fill('5')
    await page.keyboard.press('Enter')
    const row = page
      .getByRole('row')
      .filter({ has: page.getByRole('button', { name: /^Take back the read/ }) })
    await expect(row).toHaveCount(1)
    await expect(row.getByRole('cell').nth(2)).toHaveText('5')
    await expect(row).not.toContainText('Nobody')
  })

  await test.step('who started and did not finish is still out', async () => {
    await page.getByRole('button', { name: /^Still out/ }).click()
    const out = page.getByRole('main').getByRole('table').getByRole('row')
    await expect(out.filter({ hasText: 'Start' })).toHaveCount(1)
    await expect(out.filter({ hasText: 'Start' }).getByRole('cell').first()).toHaveText('7')
  })

  await test.step('preflight says how it stands with people, port and readers', async () => {
    await page.getByRole('button', { name: /^Preflight/ }).click()
    const lines = page.getByRole('table', { name: 'Preflight' }).getByRole('row')
    await expect(lines.filter({ hasText: 'People' }).first()).toContainText('20')
    await expect(lines.filter({ hasText: 'Timing port' })).toContainText(
      `Listening on port ${served.world.app().timingPort()}.`,
    )
    await expect(lines.filter({ hasText: 'Reader SimpleClient' })).toHaveCount(1)
  })
})
