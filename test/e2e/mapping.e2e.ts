import { expect, test } from 'playwright/test'
import { crewAt } from '../support/crew.ts'
import { type ServedApp, serveApp } from '../support/served-app.ts'

let served: ServedApp

test.beforeAll(async () => {
  served = await serveApp()
  fewPeople()
})

test.afterAll(async () => {
  await served?.stop()
})

/** Eight women and eight men stay registered: scoring takes a thousand calls an hour, and each entry is one. */
function fewPeople(): void {
  const { registrations, raceId } = served.day
  const kept = { F: 0, M: 0, X: 0 }
  for (const event of registrations.eventsOf(raceId))
    for (const { registrationId, person } of [...registrations.active(event.eventId)]) {
      kept[person.gender] += 1
      if (person.gender === 'X' || kept[person.gender] > 8) registrations.remove(registrationId, 'removed')
    }
}

/** How many entries the scoring side holds of each sex. */
function sexes(): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const { athlete_sex: sex = '' } of served.day.scoring.entriesOf({ eventId: served.day.ctliveEventId }))
    counts[sex] = (counts[sex] ?? 0) + 1
  return counts
}

test('a code table is tried on real people, saved, synced to scoring, and taken back', async ({ page }) => {
  test.slow()
  const crew = crewAt(page)
  const button = (name: string | RegExp) => page.getByRole('button', { name })
  const pictured = async (name: string): Promise<void> => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      await page.screenshot({ path: test.info().outputPath(`${name}-${colorScheme}.png`) })
    }
  }
  const tab = (name: RegExp) => page.getByRole('tab', { name }).click()
  const syncAndWait = async (): Promise<void> => {
    await tab(/^Preview/)
    await button('Preview').click()
    await expect(button('Run it')).toBeVisible({ timeout: 30_000 })
    await pictured('preview')
    await button('Run it').click()
  }

  await page.goto(served.signInAddress())
  await button('Connect for real').click()
  await crew.connect(served.day)
  await expect(page.getByText(/1 connection · [\d,]+ people/)).toBeVisible({ timeout: 60_000 })
  await tab(/^Settings/)
  await page.getByLabel('Allow the unconfirmed push').check({ force: true })
  await button(/^Save/).first().click()

  await test.step('everybody goes with the provider’s letters', async () => {
    await syncAndWait()
    await expect.poll(sexes, { timeout: 60_000 }).toEqual({ F: 8, M: 8 })
  })

  const dialog = page.getByRole('dialog')
  await test.step('a code table is typed, and the people shown follow', async () => {
    await tab(/^Mapping/)
    await button(/^Sex \(M, F, X\)/).focus()
    await page.keyboard.press('Enter')
    const people = dialog.getByRole('table', { name: 'People through this field' })
    await expect(people.getByRole('row')).toHaveCount(6)
    await dialog.getByLabel('Remove Code table').click()
    await dialog.getByLabel(/^Add a step to ours/).selectOption({ label: 'Code table' })
    await dialog.getByLabel('One code a line: F = female').fill('F = X')
    await expect(people).toContainText('refused: “M” is not in the code table')
    await dialog.getByLabel('Anything else').selectOption({ label: 'keep it' })
    await expect(people).not.toContainText('refused')
    await expect(people.getByRole('cell', { name: 'X', exact: true }).first()).toBeVisible()
    await pictured('field')
    await page.keyboard.press('Escape')
    await expect(dialog).toHaveCount(0)
  })

  await test.step('it is saved with a note, and scoring gets the code', async () => {
    await page.getByLabel('Why it changes').fill('letters of the results')
    await button(/^Save as version/).click()
    await expect(button(/^Save as version/)).toHaveCount(0)
    await syncAndWait()
    await expect.poll(sexes, { timeout: 60_000 }).toEqual({ X: 8, M: 8 })
  })

  await test.step('who would lack a needed field is counted, listed, and shown at the desk', async () => {
    await tab(/^Mapping/)
    await button(/^Last name/).click()
    await dialog.getByLabel('From').last().selectOption({ label: 'Division' })
    await expect(dialog.getByRole('table')).toContainText('refused: needed, but empty')
    await page.keyboard.press('Escape')
    await pictured('mapping')
    await button(/lack Last name, which CTLive needs$/).click()
    await pictured('does-not-fit')
    const row = dialog.getByRole('table', { name: 'Who does not fit' }).getByRole('row').nth(1)
    const name = await row.getByRole('cell').nth(1).innerText()
    await row.getByRole('button', { name: `Show ${name}` }).click()
    await expect(crew.person).toContainText(name)
    await crew.goTo('Connections')
    await expect(button(/lack Last name, which CTLive needs$/)).toBeVisible()
  })

  await test.step('a source field is found by what real rows say there', async () => {
    await button(/^Bracket/).click()
    await dialog.getByRole('button', { name: 'Add input' }).click()
    await dialog.getByLabel('From').last().selectOption({ label: 'Division' })
    const source = dialog.getByRole('group', { name: 'RunSignUp → our division' })
    await source.getByLabel('From').fill('giveaway')
    await page.getByRole('option', { name: /^giveaway Giveaway/ }).click()
    await expect(source.getByLabel('From')).toHaveValue('giveaway')
    await page.keyboard.press('Escape')
    await button('Undo changes').click()
    await expect(button(/^Save as version/)).toHaveCount(0)
  })

  await test.step('going back brings the letters again', async () => {
    await tab(/^Mapping/)
    await button('Versions').click()
    await expect(dialog).toContainText('letters of the results')
    await dialog.getByLabel('Go back to the providers’ defaults').click()
    await expect(dialog).toContainText('back to the providers’ defaults')
    await page.keyboard.press('Escape')
    await syncAndWait()
    await expect.poll(sexes, { timeout: 60_000 }).toEqual({ F: 8, M: 8 })
  })
})
