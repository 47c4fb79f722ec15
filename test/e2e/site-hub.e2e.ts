import { join } from 'node:path'
import { expect, test } from 'playwright/test'
import { overflowing } from '../support/overflow.ts'
import { type ServedWorld, serveWorld } from '../support/served-world.ts'
import { createWorld } from '../support/world.ts'

const site = {
  centralMigrations: join(import.meta.dirname, '..', '..', 'drizzle', 'central'),
  hub: { binariesFolder: null, reach: 'loopback' },
  schedule: true,
} as const

let served: ServedWorld
let other: Awaited<ReturnType<typeof createWorld>>

test.beforeAll(async () => {
  served = await serveWorld({ people: 5, config: site })
  other = await createWorld({ people: 0, config: site })
})

test.afterAll(async () => {
  await other.stop()
  await served.stop()
})

test('a laptop becomes the hub of its site, gives out a code, and shows who is on it', async ({ page }) => {
  await page.goto(served.signInAddress())
  await page.getByRole('navigation', { name: 'Screens' }).getByRole('button', { name: 'Connections' }).click()
  await page.getByRole('button', { name: 'Central and hub…' }).click()
  await page.getByRole('button', { name: 'Be the hub of a site…' }).click()
  const hub = page.getByRole('dialog', { name: 'Site hub' })
  await expect(hub.getByText('This laptop is not the hub.')).toBeVisible()
  await hub.getByRole('button', { name: 'Be the hub' }).click()
  await expect(hub.getByText(/^This laptop is the hub/)).toBeVisible({ timeout: 45_000 })

  await hub.getByLabel('A code for another laptop').fill('Finish')
  await page.keyboard.press('Enter')
  const code = hub.getByLabel('Code for Finish, once')
  await expect(code).toHaveValue(/^trackside1\./)
  const laptops = hub.getByRole('table', { name: 'Laptops on the hub' })
  await expect(laptops.getByRole('row', { name: /Finish/ })).toContainText('code not used yet')

  await other.call().replication.join({ code: await code.inputValue() })
  await expect(laptops.getByRole('row', { name: /Finish/ })).toContainText('connected')
  await expect(laptops.getByRole('row', { name: /Hub/ })).toContainText('is the hub')
  await expect(code).toBeFocused()
  // What lies behind the dialog has its own tests.
  expect((await overflowing(page)).filter(found => !found.includes('Switch-track'))).toEqual([])

  await hub.getByRole('button', { name: 'Lock out…' }).click()
  await hub.getByRole('button', { name: 'Lock Finish out' }).click()
  await expect(laptops.getByRole('row', { name: /Finish/ })).toContainText('code taken back')

  await hub.getByRole('button', { name: 'Stop being the hub' }).click()
  await expect(hub.getByText('This laptop is not the hub.')).toBeVisible()
})
