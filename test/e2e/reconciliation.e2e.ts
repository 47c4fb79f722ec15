import { createRouterClient } from '@orpc/server'
import { expect, test } from 'playwright/test'
import { type ServedApp, serveApp } from '../support/served-app.ts'

let served: ServedApp

// Thousands of entries are pushed first, and read back three times.
test.setTimeout(120_000)
test.beforeAll(async () => {
  served = await serveApp()
})
test.afterAll(() => served?.stop())

test('scoring is compared with the people here; what somebody changed there is shown, repaired, and seen to be so', async ({
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

  await page.goto(served.signInAddress())
  await page.getByRole('button', { name: 'Connections', exact: true }).click()
  await page.getByRole('tab', { name: 'Reconciliation' }).click()
  const panel = page.getByRole('tabpanel', { name: 'Reconciliation' })
  await expect(panel.getByRole('status')).toContainText('Nothing is sent')
  await panel.getByRole('button', { name: 'Reconcile now' }).click()
  await expect(panel).toContainText('0 % not the same in both')
  await expect(panel).toContainText('None differ')

  const { scoring } = day
  const entries = scoring.entriesOf({ eventId: day.ctliveEventId })
  const [one, two, three, gone] = entries.map(entry => entry.entry_id ?? '')
  scoring.editEntry(one ?? '', { entry_bib: '99001' })
  scoring.editEntry(two ?? '', { athlete_last_name: 'Tampered', athlete_birthdate: '1901-02-03' })
  scoring.editEntry(three ?? '', { athlete_email: '' })
  scoring.removeEntry(gone ?? '')
  const raceId = entries[0]?.race_id ?? ''
  scoring.addEntry(raceId, { athlete_first_name: 'Hand', athlete_last_name: 'Written', entry_bib: '99002' })
  await panel.getByRole('button', { name: 'Reconcile now' }).click()

  const differing = panel.getByRole('table', { name: 'Reconciliation: differ' })
  await expect(differing).toContainText('Bib: ')
  await expect(differing).toContainText('99001 there')
  await expect(differing).toContainText('Tampered there')
  await expect(differing.getByText('open')).toHaveCount(3)
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await page.screenshot({ path: info.outputPath(`differ-${colorScheme}.png`) })
  }
  await panel.getByRole('button', { name: /only in CTLive/ }).click()
  await expect(panel.getByRole('table', { name: 'Reconciliation: only in CTLive' })).toContainText(
    'Hand Written',
  )
  await expect(panel).toContainText('deletes nobody')
  await page.screenshot({ path: info.outputPath('only-there-dark.png') })
  await panel.getByRole('button', { name: /differ/ }).click()

  await panel.getByRole('button', { name: 'Repair 4 people' }).click()
  await expect(differing.getByText('repaired')).toHaveCount(3)
  await expect(panel.getByRole('button', { name: /^Repair/ })).toBeHidden()
  await expect(panel.getByRole('status')).toContainText('4 pushed')
  await page.screenshot({ path: info.outputPath('repaired-dark.png') })
  expect(scoring.entry(one ?? '')?.entry_bib).not.toBe('99001')

  await panel.getByRole('button', { name: 'Reconcile now' }).click()
  await expect(panel.getByRole('button', { name: /^0 differ/ })).toBeVisible()
  await expect(panel.getByRole('button', { name: /^1 only in CTLive/ })).toBeVisible()
  await expect(panel.getByRole('img', { name: /3 comparisons/ }).first()).toBeVisible()
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await page.screenshot({ path: info.outputPath(`after-${colorScheme}.png`) })
  }
})
