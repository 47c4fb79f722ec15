import { expect, type Page, test } from 'playwright/test'
import { type ServedWorld, serveWorld, ZONE } from '../support/served-world.ts'

/** Of the laptop: half a day from where the race is. */
const LAPTOP = 'Asia/Tokyo'
test.use({ timezoneId: LAPTOP })

let served: ServedWorld

test.beforeAll(async () => {
  served = await serveWorld()
})
test.afterAll(() => served?.stop())

const hourAt = (at: number, zone: string): string =>
  new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', hourCycle: 'h23' }).format(at)

/** Times on the screen and in its tooltips that are of one of the last two hours of a zone; no bar of a whole day's. */
async function timesIn(page: Page, zone: string): Promise<readonly string[]> {
  const texts = await page.evaluate(() => [
    document.body.innerText,
    ...[...document.querySelectorAll('[title], title')].map(
      element => element.getAttribute('title') ?? element.textContent ?? '',
    ),
  ])
  const hours = [Date.now(), Date.now() - 3_600_000].map(at => hourAt(at, zone))
  return texts
    .flatMap(text => text.replace(/\d\d:\d\d to .*/g, '').match(/\b\d\d:\d\d\b/g) ?? [])
    .filter(time => hours.includes(time.slice(0, 2)))
}

test('every screen says its times in the zone of the site, whatever the laptop’s own is', async ({
  page,
}) => {
  const { world, reader, readOf } = served
  const [connection] = (await world.call().connections.list()).connections
  const connectionId = connection?.id ?? ''
  await world.call().sync.manual({ connectionId, wait: true })
  await world.call().reconciliation.run({ connectionId })
  await world.call().sync.setFreeze({ frozen: true })
  await world.call().keeping.backUp()
  reader.push(readOf('1'))
  await page.goto(served.signInAddress())
  const screens = page.getByLabel('Screens')
  await expect(screens).toContainText('Times: New York')

  const seen = async (where: string): Promise<void> => {
    await expect.poll(() => timesIn(page, ZONE), { message: where }).not.toEqual([])
    expect(await timesIn(page, LAPTOP), where).toEqual([])
  }
  await seen('Race day')
  for (const name of ['Connections', 'Results', 'Monitoring', 'Displays']) {
    await screens.getByRole('button', { name }).click()
    await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible()
    await seen(name)
  }
  await screens.getByRole('button', { name: 'Connections' }).click()
  for (const tab of await page.getByRole('tab').all()) {
    await tab.click()
    await seen(await tab.innerText())
  }
  const status = page.getByLabel('Status', { exact: true })
  for (const name of [/^Alerts/, /^Backup/, /^Central/]) {
    await status.getByRole('button', { name }).click()
    await expect(page.getByRole('dialog')).toBeVisible()
    await seen(String(name))
    await page.keyboard.press('Escape')
  }
})
