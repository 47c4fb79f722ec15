import { createRouterClient } from '@orpc/server'
import { expect, test } from 'playwright/test'
import { type ServedApp, serveApp } from '../support/served-app.ts'

let served: ServedApp

test.beforeAll(async () => {
  served = await serveApp()
})
test.afterAll(() => served?.stop())

test('a run that would change too many bibs is an alert, is looked at and goes on; pushing is frozen by one switch', async ({
  page,
}, info) => {
  const { app, day } = served
  const call = createRouterClient(app.router, { context: { who: { name: 'Ann', role: 'manager' } } })
  const { id } = await call.connections.create({
    connectionName: 'Harbor Run',
    sourceProvider: 'runsignup',
    targetProvider: 'ctlive',
    sourceSettings: { base_url: day.urls.runSignUp, calls_per_hour: '100000' },
    targetSettings: { base_url: day.urls.ctlive, calls_per_hour: '100000', event_id: day.ctliveEventId },
    sourceCredentials: { ...day.keys },
    targetCredentials: { ...day.login },
    inferredAllowed: true,
    autoSyncEnabled: false,
  })
  expect((await call.sync.manual({ connectionId: id, wait: true })).operation?.status).toBe('completed')
  const people = app.store.read.all<{ key: string; bib: string }>(
    `SELECT source_participant_id AS key, bib_number AS bib FROM normalized_participants
     WHERE bib_number IS NOT NULL ORDER BY id LIMIT 40`,
  )
  for (const { key, bib } of people) day.registrations.edit(Number(key), { bib: Number(bib) + 50_000 })

  await page.goto(served.signInAddress())
  await page.getByRole('button', { name: 'Connections', exact: true }).click()
  await page.getByRole('button', { name: 'Sync now' }).click()
  const look = page.getByRole('region', { name: 'Needs a look' })
  await expect(look).toContainText('within a day of the start')
  await expect(look.getByRole('row').nth(1)).toContainText(/bib \d+ → \d+/)
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await page.screenshot({ path: info.outputPath(`needs-a-look-${colorScheme}.png`) })
  }

  const alerts = page.getByLabel('Status', { exact: true }).getByRole('button', { name: /^Alerts/ })
  await expect(alerts).toHaveText(/^Alerts \d+$/)
  await alerts.click()
  const dialog = page.getByRole('dialog')
  const mine = dialog.getByRole('listitem').filter({ hasText: 'Needs a look' })
  await mine.getByRole('button', { name: 'Acknowledge' }).click()
  await expect(mine).toContainText('acknowledged by')
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await page.screenshot({ path: info.outputPath(`alerts-${colorScheme}.png`) })
  }
  await page.keyboard.press('Escape')

  await look.getByRole('button', { name: 'Go on' }).click()
  await expect(look).toBeHidden()
  await expect
    .poll(async () => (await call.sync.status({ connectionId: id })).recentOperations[0]?.status)
    .toBe('completed')
  await expect
    .poll(async () => (await call.alerts.list()).alerts.filter(one => one.kind === 'needs-a-look'))
    .toEqual([])

  await page.getByLabel('Freeze all pushing').click()
  await expect(page.getByLabel('Status', { exact: true })).toContainText('Pushing frozen by')
  await page.getByRole('switch', { name: /^Pushing frozen by/ }).click()
  await expect(page.getByLabel('Status', { exact: true })).not.toContainText('frozen')
})
