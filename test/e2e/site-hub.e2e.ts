import { join } from 'node:path'
import { expect, test } from 'playwright/test'
import { legibleInEveryTheme } from '../support/legible.ts'
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

test('a laptop becomes the hub of its site, gives out a code, shows who is on it, and asks before it stops', async ({
  page,
}) => {
  test.slow()
  await page.goto(served.signInAddress())
  await page.getByRole('navigation', { name: 'Screens' }).getByRole('button', { name: 'Connections' }).click()
  await page.getByRole('button', { name: 'Central and hub…' }).click()
  await page.getByRole('button', { name: 'Be the hub of a site…' }).click()
  const hub = page.getByRole('dialog', { name: 'Site hub' })
  await expect(hub.getByText('This laptop is not the hub.')).toBeVisible()
  await legibleInEveryTheme(page, 'no-hub')
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
  await legibleInEveryTheme(page, 'joined')

  const stop = hub.getByRole('button', { name: 'Stop being the hub…' })
  const asked = page.getByRole('dialog').last()
  await stop.press('Enter')
  await expect(asked).toContainText(/1 other laptop on this hub · connected Finish \(.+\)/)
  await expect(asked).toContainText('It works on alone and keeps all it has.')
  await expect(asked.getByRole('button', { name: 'Stay the hub' })).toBeFocused()
  await legibleInEveryTheme(page, 'stopping')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(1)
  await expect(stop).toBeFocused()
  await stop.click()
  await asked.getByRole('button', { name: 'Stop being the hub' }).click()
  await expect(hub.getByText('This laptop is not the hub.')).toBeVisible()
  await expect.poll(async () => (await other.call().replication.status()).peers[0]?.state).toBe('offline')

  await hub.getByRole('button', { name: 'Be the hub' }).click()
  await expect(laptops.getByRole('row', { name: /Finish/ })).toContainText('connected', { timeout: 60_000 })
  await expect(laptops.getByRole('row', { name: /Finish/ })).not.toContainText('not connected', {
    timeout: 60_000,
  })

  await expect(laptops.getByRole('row', { name: /Hub/ })).toHaveCount(1)

  await hub.getByLabel('A code for another laptop').fill('Spare')
  await page.keyboard.press('Enter')
  const spare = laptops.getByRole('row', { name: /Spare/ })
  await spare.getByRole('button', { name: 'Take code back' }).click()
  await expect(spare).toContainText('code taken back')

  await hub.getByRole('button', { name: 'Lock out…' }).click()
  await expect(asked).toContainText(/Finish \(.+\) is connected\. It comes in no more/)
  await legibleInEveryTheme(page, 'locking-out')
  await asked.getByRole('button', { name: 'Lock Finish out' }).click()
  await expect(laptops.getByRole('row', { name: /Finish/ })).toContainText('code taken back')

  await hub.getByRole('button', { name: 'Stop being the hub' }).click()
  await expect(hub.getByText('This laptop is not the hub.')).toBeVisible()
})
