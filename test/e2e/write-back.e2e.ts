import { createRouterClient } from '@orpc/server'
import { expect, type Page, test } from 'playwright/test'
import { crewAt } from '../support/crew.ts'
import { type ServedApp, serveApp } from '../support/served-app.ts'

let served: ServedApp
test.beforeAll(async () => {
  served = await serveApp()
})
test.afterAll(async () => {
  await served?.stop()
})

async function inTheme(page: Page, theme: 'dark' | 'light', name: string): Promise<void> {
  await page.evaluate(chosen => {
    document.documentElement.dataset.theme = chosen
    document.documentElement.dataset.mantineColorScheme = chosen
  }, theme)
  await page.screenshot({ path: test.info().outputPath(`${name}-${theme}.png`) })
}

/** Three people of the 10K who were given other numbers at the desk, one of them no number at all. */
async function given() {
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
  const event = day.registrations.eventsOf(day.raceId).find(({ name }) => name === '10K')
  const rows = day.registrations.active(event?.eventId ?? 0).filter(({ bib }) => bib !== null)
  for (const [index, bib] of ['20001', '20002', 'VIP'].entries()) {
    const { matches } = await manager.raceDay.lookup({ bib: String(rows[index]?.bib) })
    await manager.raceDay.decide({ id: matches[0]?.id ?? '', field: 'bib_number', value: bib })
  }
  return { rows, bibOf: (index: number) => day.registrations.find(rows[index]?.registrationId ?? 0)?.bib }
}

test('bibs given at the desk are looked over, then written to registration, and each answer stays', async ({
  page,
}) => {
  const { rows, bibOf } = await given()
  await page.goto(served.signInAddress())
  await crewAt(page).goTo('Connections')
  await page
    .getByRole('button', { name: /Harbor Run/ })
    .first()
    .press('Enter')
  await page.getByRole('button', { name: 'Write bibs to RunSignUp…' }).press('Enter')
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText('2 registrations change at RunSignUp.')
  await expect(dialog.getByRole('table', { name: 'To be written' })).toContainText(
    `Bib: ${rows[0]?.bib} → 20001`,
  )
  await expect(dialog.getByRole('table', { name: 'Not written' })).toContainText(
    'RunSignUp takes whole numbers for bibs, not VIP',
  )
  await inTheme(page, 'dark', 'write-back')
  await inTheme(page, 'light', 'write-back')
  expect(bibOf(0)).toBe(rows[0]?.bib)
  await dialog.getByRole('button', { name: 'Write 2 registrations' }).press('Enter')
  await expect(page.getByText('2 registrations have the new bib or chip at RunSignUp')).toBeVisible()
  expect([bibOf(0), bibOf(1), bibOf(2)]).toEqual([20_001, 20_002, rows[2]?.bib])
  await page.getByRole('button', { name: 'Show them' }).press('Enter')
  await expect(page.getByRole('table', { name: 'Written back' })).toContainText(`${rows[1]?.bib} → 20002`)
  await page.getByRole('button', { name: 'What these providers can do' }).press('Enter')
  const able = page.getByRole('table', { name: 'Abilities' })
  await expect(able.getByRole('row', { name: /Make an event/ })).toContainText('Make it in CTLive')
  await able.scrollIntoViewIfNeeded()
  await inTheme(page, 'dark', 'abilities')
  await inTheme(page, 'light', 'abilities')
})

test('while pushing is frozen nothing is published or written, and both places say so', async ({ page }) => {
  const manager = createRouterClient(served.app.router, {
    context: { who: { name: 'Ann', role: 'manager' } },
  })
  await manager.sync.setFreeze({ frozen: true })
  await page.goto(served.signInAddress())
  const crew = crewAt(page)
  await crew.goTo('Results')
  await expect(page.getByText('Pushing is frozen by Ann: nothing is published.')).toBeVisible()
  await expect(page.getByRole('button', { name: /^Publish/ })).toBeDisabled()
  await inTheme(page, 'dark', 'frozen')
  await inTheme(page, 'light', 'frozen')
  await crew.goTo('Connections')
  await page
    .getByRole('button', { name: /Harbor Run/ })
    .first()
    .press('Enter')
  await page.getByRole('button', { name: 'Write bibs to RunSignUp…' }).press('Enter')
  await expect(page.getByRole('dialog')).toContainText('Pushing is frozen by Ann: nothing is written.')
  await expect(page.getByRole('dialog').getByRole('button', { name: /^Write/ })).toBeDisabled()
})
