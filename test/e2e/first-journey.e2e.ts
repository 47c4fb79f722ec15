import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'playwright/test'
import { type Crew, crewAt } from '../support/crew.ts'
import { controllerFiles } from '../support/outside-day.ts'
import { type ServedApp, serveApp } from '../support/served-app.ts'

let served: ServedApp

test.beforeAll(async () => {
  served = await serveApp()
})

test.afterAll(async () => {
  await served?.stop()
})

/** START1's reads, of today: those of another day are a wrong clock's, and nobody's to give away. */
function startOfToday(): Buffer {
  const text = readFileSync(join(controllerFiles, 'START1', '5071909.csv'), 'latin1')
  const days = Math.floor(Date.now() / 86_400_000) - Math.floor(1_620_458_668 / 86_400)
  return Buffer.from(
    text.replace(
      /^((?:[^~\r\n]*~){5})(\d+)/gm,
      (_, before: string, seconds: string) => `${before}${Number(seconds) + days * 86_400}`,
    ),
    'latin1',
  )
}

/** The first person with a bib, as the provider has them. */
function someone() {
  const [event] = served.day.registrations.eventsOf(served.day.raceId)
  const rows = served.day.registrations.active(event?.eventId ?? 0)
  const row = rows.find(one => one.bib !== null)
  if (!row) throw new Error('the rehearsal has nobody with a bib')
  return { ...row, bib: String(row.bib) }
}

test('from an empty app to a read that is somebody’s, and through a cut network', async ({ page }) => {
  test.slow()
  const crew: Crew = crewAt(page)
  const runner = someone()

  await test.step('an empty app says what can be done', async () => {
    await page.goto(served.signInAddress())
    await expect(
      page.getByRole('button', { name: 'Practice race' }).or(page.getByText('npm run practice')),
    ).toBeVisible()
    // A laptop that only gets a code of a site's hub has nothing to connect.
    await page.getByLabel('Screens').getByRole('button', { name: 'Connections' }).click()
    await expect(page.getByRole('button', { name: 'Central and hub…' })).toBeVisible()
    await crew.goTo('Race day')
    await page.getByRole('button', { name: 'Connect for real' }).click()
  })

  await test.step('a connection is added after its keys were tested, and its first sync brings everybody', async () => {
    await crew.connect(served.day)
    const { registrations, raceId } = served.day
    const people = registrations
      .eventsOf(raceId)
      .reduce((sum, event) => sum + registrations.active(event.eventId).length, 0)
    await expect(page.getByText(`1 connection · ${people.toLocaleString('en-US')} people`)).toBeVisible({
      timeout: 60_000,
    })
    await crew.goTo('Race day')
  })

  await test.step('a bib is found', async () => {
    await crew.find(runner.bib)
    await expect(crew.person).toContainText(runner.person.firstName)
    await expect(crew.person).toContainText(runner.person.lastName)
  })

  await test.step('a controller’s file is imported', async () => {
    await page.getByRole('button', { name: 'Start timing session' }).click()
    await page.getByRole('button', { name: /^Import file/ }).click()
    const dialog = page.getByRole('dialog')
    const chooser = page.waitForEvent('filechooser')
    await dialog.getByLabel('File', { exact: true }).click()
    await (await chooser).setFiles({ name: '5071909.csv', mimeType: 'text/csv', buffer: startOfToday() })
    await dialog.getByLabel('Location').fill('Start')
    await dialog.getByRole('button', { name: 'Import', exact: true }).click()
    await expect(dialog.getByRole('status')).toContainText('6,669 lines')
    await dialog.getByRole('button', { name: 'Close', exact: true }).click()
    await expect(page.getByRole('table', { name: 'Live reads' }).getByRole('row')).not.toHaveCount(1)
  })

  await test.step('reads of nobody are given to somebody', async () => {
    const groups = page.getByRole('list', { name: "Nobody's reads" }).getByRole('button')
    await expect(groups.first()).toBeVisible()
    const chip = await groups.first().locator('b').innerText()
    await groups.first().click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Bib, chip or name of the person').fill(runner.bib)
    await expect(dialog.getByRole('option').first()).toContainText(runner.person.lastName)
    await dialog.getByLabel('Bib, chip or name of the person').press('Enter')
    await expect(groups.filter({ hasText: new RegExp(`^${chip} ·`) })).toHaveCount(0)
    await expect(crew.person).toContainText(runner.person.lastName)
  })

  await test.step('the network is cut: said in words, and lookup goes on', async () => {
    served.day.runSignUp.faults.down = true
    served.day.ctlive.faults.down = true
    await crew.syncNow()
    await expect(crew.status).toContainText(/Network\s*none since/, { timeout: 60_000 })
    await crew.find(runner.bib)
    await expect(crew.person).toContainText(runner.person.lastName)
  })

  await test.step('the network returns: what changed meanwhile arrives by itself', async () => {
    served.day.registrations.edit(runner.registrationId, { person: { city: 'Castine' } })
    served.day.runSignUp.faults.down = false
    served.day.ctlive.faults.down = false
    await expect(crew.person).toContainText('Castine', { timeout: 90_000 })
    await expect(crew.status).toContainText(/Network\s*up/)
  })
})
