import { expect, type Page, test } from 'playwright/test'
import { createCtp01Client } from '../../src/rehearsal/ctp01-client.ts'
import { createRaceResultDecoder, type RaceResultDecoder } from '../../src/rehearsal/race-result-decoder.ts'
import { hardToRead } from '../support/contrast.ts'
import { type ServedWorld, serveWorld, ZONE } from '../support/served-world.ts'

let served: ServedWorld
let decoder: RaceResultDecoder

test.beforeAll(async () => {
  served = await serveWorld()
  decoder = createRaceResultDecoder({ zone: ZONE, boxId: 'D-10012', clock: Date.now })
  await decoder.start()
})
test.afterAll(async () => {
  await decoder?.stop()
  await served?.stop()
})

/** A view of the readers' room, in the theme for outdoors. */
async function openReaders(page: Page, view: string | RegExp): Promise<void> {
  await page.addInitScript(() =>
    localStorage.setItem('trackside-theme', JSON.stringify({ state: { theme: 'sun' }, version: 0 })),
  )
  await page.goto(served.signInAddress())
  await page.getByRole('button', { name: /^Starts/ }).waitFor()
  await page.keyboard.press('Alt+6')
  await page.getByRole('navigation', { name: 'Readers views' }).getByRole('button', { name: view }).click()
}

/** It fits its box, and what it says can be read in the sun. */
async function isWhole(page: Page): Promise<void> {
  expect(await hardToRead(page, 4.5)).toEqual([])
  const wide = await page.evaluate(() =>
    [...document.querySelectorAll('[role="dialog"], [role="dialog"] *')]
      .filter(
        element =>
          element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).overflowX === 'visible',
      )
      .filter(element => element.clientWidth > 0)
      .map(element => element.className),
  )
  expect(wide).toEqual([])
}

const courseOf = () => served.world.call().course.show({ id: served.day.id })

test('a decoder is called where somebody says it is, a port that is none is said, and its reads are its location’s', async ({
  page,
}) => {
  await openReaders(page, 'Now')
  await page.getByRole('button', { name: 'Add a decoder…' }).click()
  const dialog = page.getByRole('dialog')
  const add = dialog.getByRole('button', { name: 'Add', exact: true })
  await expect(dialog.getByLabel('Name')).toBeFocused()
  await expect(add).toBeDisabled()
  await dialog.getByLabel('Name').fill('10K box')
  await dialog.getByLabel('Address').fill('127.0.0.1')
  await dialog.getByLabel('Port').fill('70000')
  await expect(dialog.getByText('1 to 65535')).toBeVisible()
  await expect(add).toBeDisabled()
  await isWhole(page)
  await dialog.getByLabel('Port').fill(String(decoder.port))
  await dialog.getByLabel('Location').fill('10K')
  await page.keyboard.press('Enter')
  await expect(dialog).toHaveCount(0)
  const called = page.getByRole('table', { name: 'Readers to call' })
  await expect(called).toContainText('connected')
  decoder.pass('3', Date.now())
  const read = async () => (await served.world.call().timing.reads({ location: '10K' })).reads[0]
  await expect.poll(async () => (await read())?.bibNumber).toBe('3')

  await page.getByRole('button', { name: 'Add a decoder…' }).click()
  await dialog.getByLabel('Name').fill('10K box')
  await dialog.getByLabel('Address').fill('127.0.0.2')
  await add.click()
  await expect(dialog.getByRole('alert')).toContainText('10K box is in the list twice')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Remove 10K box' }).click()
  await expect(called).toHaveCount(0)
  await expect.poll(() => decoder.connections).toBe(0)
})

test('laps of an event at a place are kept, and what is no number of laps is not', async ({ page }) => {
  served.reader.push(served.readOf('1'))
  await expect.poll(async () => (await courseOf()).locations.length).toBeGreaterThan(0)
  await openReaders(page, /^Locations/)
  await page.getByRole('button', { name: 'Laps at FINISH' }).click()
  const dialog = page.getByRole('dialog')
  const laps = dialog.getByLabel('5K, laps')
  await expect(laps).toBeFocused()
  await laps.fill('1.5')
  await expect(dialog.getByText('A whole number, 0 to 999')).toBeVisible()
  await expect(dialog.getByRole('button', { name: 'Save' })).toBeDisabled()
  await isWhole(page)
  await laps.fill('3')
  await dialog.getByLabel('5K, first at km').fill('1.7')
  await page.keyboard.press('Enter')
  await expect(dialog).toHaveCount(0)
  const row = page.getByRole('table', { name: 'Locations' }).getByRole('row').filter({ hasText: 'FINISH' })
  await expect(row).toContainText('5K 3 laps from km 1.7')
  expect((await courseOf()).points).toMatchObject([{ location: 'FINISH', laps: 3, distanceKm: 1.7 }])
  await page.getByRole('button', { name: 'Laps at FINISH' }).click()
  await laps.fill('1')
  await dialog.getByLabel('5K, first at km').fill('')
  await page.keyboard.press('Enter')
  await expect(row).toContainText('once')
})

test('limits are kept, a wrong one is said, and an empty one is the usual again', async ({ page }) => {
  const usual = await courseOf()
  await openReaders(page, /^Locations/)
  await page.getByRole('button', { name: 'Limits…' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByLabel('Fastest, km/h')).toBeFocused()
  await dialog.getByLabel('Fastest, km/h').fill('0')
  await dialog.getByLabel('Days the race takes').fill('2.5')
  await expect(dialog.getByText('More than 0, at most 500')).toBeVisible()
  await expect(dialog.getByText('Whole days, 1 to 60')).toBeVisible()
  await expect(dialog.getByRole('button', { name: 'Save' })).toBeDisabled()
  await isWhole(page)
  await dialog.getByLabel('Fastest, km/h').fill('18')
  await dialog.getByLabel('Days the race takes').fill('2')
  await page.keyboard.press('Enter')
  await expect(dialog).toHaveCount(0)
  await expect(page.getByText('Faster than 18 km/h is questionable · reads count for 2 days')).toBeVisible()
  await page.getByRole('button', { name: 'Limits…' }).click()
  await dialog.getByLabel('Fastest, km/h').fill('')
  await dialog.getByLabel('Days the race takes').fill('')
  await page.keyboard.press('Enter')
  await expect(dialog).toHaveCount(0)
  expect(await courseOf()).toMatchObject({ fastestKmh: usual.fastestKmh, lastsDays: usual.lastsDays })
})

test('who cannot have run like that is listed with the reads, and is shown at the desk', async ({ page }) => {
  const call = served.world.call()
  const at = Date.now()
  await call.starts.gunNow({
    id: served.day.id,
    agoMs: 3_600_000,
    start: { eventId: served.day.events[0]?.id ?? '', wave: '' },
  })
  for (const [locationName, distanceKm] of [
    ['3K', 3],
    ['4K', 4],
  ] as const)
    await call.course.addLocation({ sessionId: served.session.id, locationName, kind: 'split', distanceKm })
  const mats = createCtp01Client({
    ...{ host: '127.0.0.1', port: served.world.app().timingPort() ?? 0, clock: Date.now, zone: ZONE },
    ...{ eventName: 'NOW', locations: ['3K', '4K'], connectionId: 'f'.repeat(40) },
  })
  await mats.start()
  mats.push({ ...served.readOf('5', at - 180_000), location: '3K', readerId: '0F2A39' })
  mats.push({ ...served.readOf('5', at - 60_000), location: '4K', readerId: '0F2A40' })
  await expect.poll(async () => (await call.timing.reads({ location: '4K' })).reads.length).toBe(1)
  await mats.stop()
  await openReaders(page, 'Questionable reads')
  const rows = page.getByRole('table', { name: 'Questionable reads' }).getByRole('row')
  await expect(async () => {
    await page.getByRole('button', { name: 'Look again' }).click()
    await expect(rows.filter({ hasText: 'Too fast at 4K: 30.0 km/h' })).toHaveCount(1, { timeout: 1000 })
  }).toPass()
  await isWhole(page)
  await page.getByLabel('Kind of question').selectOption({ label: 'Before the gun' })
  await expect(page.getByText('No read is questionable.')).toBeVisible()
  await page.getByLabel('Kind of question').selectOption({ label: 'Too fast' })
  await rows.filter({ hasText: 'Too fast at 4K' }).getByRole('button').click()
  await expect(page.getByRole('region', { name: 'Help desk' }).getByRole('article')).toContainText(
    'Too fast at 4K',
  )
})

test('nobody’s chips are added from rows, refused where they say nothing, found and removed', async ({
  page,
}) => {
  await openReaders(page, 'Nobody’s chips')
  const rows = page.getByRole('table', { name: 'Nobody’s chips' }).getByRole('row')
  await expect(page.getByText('No chip in the list.')).toBeVisible()
  await page.getByLabel('One in each row').fill('9573\n9574, ignored, lead car\n, ignored\n')
  await page.getByLabel('Note of rows that have none').fill('mat test')
  await page.getByRole('button', { name: 'Add', exact: true }).click()
  await expect(page.getByRole('status').filter({ hasText: 'added' })).toContainText(
    '2 added, 0 changed, 1 refused.',
  )
  await expect(rows.filter({ hasText: '9573' })).toContainText('mat test')
  await expect(rows.filter({ hasText: '9574' })).toContainText('lead car')
  await isWhole(page)
  served.reader.push(served.readOf('9573'))
  const reasons = async () =>
    (await served.world.call().timing.reads({ state: 'unlinked' })).reads.map(({ chip, reason }) => [
      chip,
      reason,
    ])
  await expect.poll(reasons).toContainEqual(['9573', 'test-chip'])
  await page.getByLabel('Find a chip').fill('car')
  await expect(rows).toHaveCount(2)
  await page.getByRole('button', { name: 'Remove chip 9574' }).click()
  await expect(page.getByText('None like this.')).toBeVisible()
  expect((await served.world.call().timing.testChips()).chips).toEqual(['9573'])
})
