import { expect, test } from 'playwright/test'
import { createRaceRosterServer } from '../../src/rehearsal/race-roster-server.ts'
import { type ServedApp, serveApp } from '../support/served-app.ts'

const login = {
  client_id: 'roster-client',
  client_secret: 'roster-secret',
  username: 'crew@example.com',
  password: 'roster-password',
}

let served: ServedApp
let roster: ReturnType<typeof createRaceRosterServer>

test.beforeAll(async () => {
  served = await serveApp()
  roster = createRaceRosterServer({ registrations: served.day.registrations, login, clock: Date.now })
  await roster.start()
})

test.afterAll(async () => {
  await served?.stop()
  await roster?.stop()
})

test('Race Roster is connected by the form it declares, and its people come in', async ({ page }) => {
  test.slow()
  const { day } = served
  const fill = async (provider: string, values: Readonly<Record<string, string>>): Promise<void> => {
    const side = page.locator('section').filter({ has: page.getByRole('heading', { name: provider }) })
    for (const [label, value] of Object.entries(values)) await side.getByLabel(label).first().fill(value)
  }
  const button = (name: string) => page.getByRole('button', { name })

  await page.goto(served.signInAddress())
  await button('Connect for real').click()
  await page.getByRole('radio', { name: 'Race Roster' }).check()
  await page.getByRole('radio', { name: 'CTLive' }).check()
  await button('Next').click()
  await fill('Race Roster', {
    'Client id': login.client_id,
    'Client secret': login.client_secret,
    Login: login.username,
    Password: login.password,
    'Event id': String(day.raceId),
    Address: roster.url,
  })
  await fill('CTLive', {
    'Client id': day.login.client_id,
    Login: day.login.user_id,
    Password: day.login.password,
    Address: day.urls.ctlive,
  })
  await button('Test').click()
  await expect(page.getByText(`(${day.raceId}) with 3 sub-events`).first()).toBeVisible()
  await button('Next').click()
  await button('Create connection').click()
  await button('Start first sync').click()

  const people = day.registrations
    .eventsOf(day.raceId)
    .reduce((sum, event) => sum + day.registrations.active(event.eventId).length, 0)
  await expect(page.getByText(`1 connection · ${people.toLocaleString('en-US')} people`)).toBeVisible({
    timeout: 60_000,
  })
})
