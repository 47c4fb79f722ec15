import { createRouterClient } from '@orpc/server'
import { expect, type Page, test } from 'playwright/test'
import { crewAt } from '../support/crew.ts'
import { type ServedApp, serveApp } from '../support/served-app.ts'

const FINISHERS = 60
let ahead = 0
let served: ServedApp

test.beforeAll(async () => {
  served = await serveApp({ clock: () => Date.now() + ahead })
})
test.afterAll(async () => {
  await served?.stop()
})

/** The 10K, pushed to scoring, of whom the first sixty finish. */
async function timed() {
  const { app, day } = served
  const manager = createRouterClient(app.router, { context: { who: { name: 'Ann', role: 'manager' } } })
  const connection = await manager.connections.create({
    connectionName: 'Harbor Run',
    sourceProvider: 'runsignup',
    targetProvider: 'ctlive',
    sourceSettings: { base_url: day.urls.runSignUp, calls_per_hour: '1000000' },
    targetSettings: { base_url: day.urls.ctlive, calls_per_hour: '1000000' },
    sourceCredentials: { ...day.keys },
    targetCredentials: { ...day.login },
    inferredAllowed: true,
    autoSyncEnabled: false,
  })
  await manager.sync.manual({ connectionId: connection.id, wait: true })
  const race = day.scoring.racesOf(day.ctliveEventId).find(({ race_name }) => race_name === '10K')
  const interval = day.scoring.results.intervalsOf(race?.race_id ?? '')[0]?.interval_id ?? ''
  const entries = day.scoring.entriesOf({ raceId: race?.race_id ?? '' }).filter(({ entry_bib }) => entry_bib)
  const finish = (place: number, seconds: number): void =>
    day.scoring.results.set(interval, entries[place - 1]?.entry_id ?? '', {
      gunSeconds: seconds,
      chipSeconds: seconds - 6,
      changedAt: Date.now() + ahead,
    })
  for (let place = 1; place <= FINISHERS; place += 1) finish(place, 2100 + place * 3.5)
  return { finish }
}

async function inTheme(page: Page, theme: 'dark' | 'light', name: string): Promise<void> {
  await page.evaluate(chosen => {
    document.documentElement.dataset.theme = chosen
    document.documentElement.dataset.mantineColorScheme = chosen
  }, theme)
  await page.screenshot({ path: test.info().outputPath(`${name}-${theme}.png`) })
}

test('results are pulled, previewed and published, and corrections are asked for apart', async ({ page }) => {
  // Everybody of the race is pushed first.
  test.slow()
  const { finish } = await timed()
  await page.goto(served.signInAddress())
  const crew = crewAt(page)
  await crew.goTo('Results')
  await page.getByLabel('Events with results').getByRole('button', { name: /10K/ }).click()
  const panel = page.getByLabel('Results of 10K')
  await panel.getByRole('button', { name: 'Pull now' }).press('Enter')
  const table = panel.getByRole('table', { name: 'Results' })
  await expect(table.getByRole('row')).toHaveCount(FINISHERS + 1)
  await expect(table.getByRole('row').nth(1)).toContainText('too fresh')

  ahead += 6 * 60_000
  await page.keyboard.press('Alt+P')
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText('RunSignUp will notify 60 runners by mail or text.')
  await inTheme(page, 'dark', 'publish')
  await inTheme(page, 'light', 'publish')
  expect(served.day.runSignUp.calls.some(({ method }) => method === 'POST')).toBe(false)
  await dialog.getByRole('button', { name: 'Publish 60 results, notify 60 runners' }).press('Enter')
  await expect(panel.getByLabel('Last runs')).toContainText('60 pushed', { timeout: 15_000 })
  await expect(table.getByRole('row').nth(1)).toContainText('published')

  finish(2, 2106.5)
  await panel.getByRole('button', { name: 'Pull all again' }).press('Enter')
  await expect(table.getByText('too fresh')).toHaveCount(1)
  await inTheme(page, 'dark', 'results')
  await inTheme(page, 'light', 'results')
  ahead += 6 * 60_000
  await page.keyboard.press('Alt+P')
  await expect(dialog).toContainText('Nothing to send.')
  await expect(dialog).toContainText(/gun time: 0:35:07\.00 → 0:35:06\.50/)
  await dialog.getByRole('checkbox', { name: /Also send 1 correction/ }).check()
  await inTheme(page, 'dark', 'correction')
  await dialog.getByRole('button', { name: 'Publish 1 result, notify 1 runner' }).press('Enter')
  await expect(panel.getByLabel('Last runs')).toContainText('1 pushed')
})
