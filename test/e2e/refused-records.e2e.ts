import { expect, test } from 'playwright/test'
import { makePeople } from '../../src/rehearsal/people.ts'
import { serveWorld } from '../support/served-world.ts'

test('who was refused is listed by name with the scoring provider’s own words, and tried again alone', async ({
  page,
}, info) => {
  const served = await serveWorld()
  const { world } = served
  try {
    const people = makePeople({ seed: 9, year: 2026, bibs: ['31', '32', '33', '34'] })
    for (const person of people) world.registrations.add(world.event.eventId, { person })
    const refused = { kind: 'status', status: 422, method: 'POST', path: '/entry' } as const
    world.ctlive.faults.add({ ...refused, body: 'athlete_birthdate lies in the future', times: 2 })
    world.ctlive.faults.add({ ...refused, status: 409, body: 'bib is taken by entry 9400003' })
    await page.goto(served.signInAddress())
    await page.getByRole('button', { name: 'Connections', exact: true }).click()
    await page.getByRole('button', { name: 'Sync now' }).click()
    await expect(page.getByText('3 records refused')).toBeVisible()
    await page.getByRole('button', { name: 'Show them' }).click()
    await page.getByRole('button', { name: 'Details' }).first().click()
    const rows = page.getByRole('region', { name: 'Run' }).getByRole('row')
    await expect(rows.filter({ hasText: 'athlete_birthdate lies in the future' })).toHaveCount(2)
    await expect(rows.filter({ hasText: 'bib is taken by entry 9400003' })).toHaveCount(1)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      await page.screenshot({ path: info.outputPath(`refused-${colorScheme}.png`) })
    }
    const before = world.ctlive.calls.filter(({ method }) => method === 'POST').length
    await page.getByRole('button', { name: 'Retry failed' }).click()
    await expect
      .poll(() => world.scoring.entriesOf({ raceId: String(world.scoredRace.race_id) }).length)
      .toBe(24)
    expect(world.ctlive.calls.filter(({ method }) => method === 'POST').length - before).toBe(3)
  } finally {
    await served.stop()
  }
})
