import { expect, test } from 'playwright/test'
import {
  CENTRAL_MIGRATIONS,
  type CentralDatabase,
  startCentralDatabase,
} from '../support/central-database.ts'
import { legibleInEveryTheme } from '../support/legible.ts'
import { type ServedWorld, serveWorld } from '../support/served-world.ts'

let central: CentralDatabase
let served: ServedWorld

test.setTimeout(120_000)
test.beforeAll(async () => {
  central = await startCentralDatabase()
  served = await serveWorld({
    config: { schedule: true, keepsOrder: true, centralMigrations: CENTRAL_MIGRATIONS },
  })
  const { call } = served.world
  await call().replication.join({ code: (await central.invite()).code })
  await call().replication.run()
  await call().identity.compute()
})
test.afterAll(async () => {
  await served?.stop()
  await central?.stop()
})

test('the office joins two people with a reason, sees them as one, and undoes it', async ({ page }) => {
  const { call } = served.world
  await expect.poll(async () => (await call().identity.work()).state, { timeout: 60_000 }).toBe('resting')
  const { matches } = await call().raceDay.lookup({ bib: '1' })
  const [match] = matches
  const name = `${match?.firstName} ${match?.lastName}`
  const found = async (q: string) => (await call().identity.find({ q })).people
  await expect.poll(async () => (await found(name)).length, { timeout: 60_000 }).toBe(1)
  const [second] = (await call().raceDay.lookup({ bib: '2' })).matches
  const letters = [name, `${second?.firstName} ${second?.lastName}`]

  await page.goto(served.signInAddress())
  await page.getByLabel('Screens').getByRole('button', { name: 'Monitoring' }).press('Enter')
  await page.getByRole('button', { name: 'Join or split people' }).click()
  const dialog = page.getByRole('dialog')
  const join = dialog.getByRole('button', { name: 'Join the two' })
  for (const one of letters) {
    await dialog.getByLabel('Name or e-mail address').fill(one)
    await dialog.getByRole('checkbox', { name: one }).check()
  }
  await expect(join).toBeDisabled()
  await expect(dialog.getByText(/^To be joined: /)).toContainText(letters.join(', 5K; '))
  await dialog.getByLabel('Reason').fill('one person, two names')
  await legibleInEveryTheme(page, 'people')
  await join.click()
  const decided = dialog.getByRole('list', { name: 'Decided by hand' })
  await expect(decided).toContainText('one person, two names')
  await expect.poll(async () => (await found(letters[0] ?? ''))[0]?.registrations.length ?? 0).toBe(2)
  const done = dialog.getByRole('status', { name: 'Done' })
  await expect(done).toContainText(`Joined: ${letters.join(', 5K; ')}, 5K. One person`)
  await decided.getByRole('button', { name: 'Undo' }).click()
  await expect(decided.getByRole('listitem')).toHaveCount(0)
  await expect.poll(async () => (await found(letters[0] ?? ''))[0]?.registrations.length ?? 0).toBe(1)
  await expect(done).toContainText('Undone. Joined: ')
})
