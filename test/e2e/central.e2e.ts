import { expect, type Locator, test } from 'playwright/test'
import {
  CENTRAL_MIGRATIONS,
  type CentralDatabase,
  startCentralDatabase,
} from '../support/central-database.ts'
import { crewAt } from '../support/crew.ts'
import { legibleInEveryTheme } from '../support/legible.ts'
import { type ServedWorld, serveWorld } from '../support/served-world.ts'

let central: CentralDatabase
let served: ServedWorld

test.setTimeout(120_000)

/** Pixels of a panel that are seen by scrolling only. */
const hidden = (panel: Locator): Promise<number> =>
  panel.evaluate(one =>
    Math.max(
      0,
      ...[one, ...one.querySelectorAll('*')].map(part => part.scrollHeight - part.clientHeight - 1),
    ),
  )

test.beforeAll(async () => {
  central = await startCentralDatabase()
  const hub = { binariesFolder: null, reach: 'loopback' } as const
  served = await serveWorld({ config: { schedule: true, centralMigrations: CENTRAL_MIGRATIONS, hub } })
})
test.afterAll(async () => {
  await served?.stop()
  await central?.stop()
})

test('a laptop joins the central database by a code, sees it go away and come back, and leaves', async ({
  page,
}) => {
  const { code, user } = await central.invite()
  await page.goto(served.signInAddress())
  const { status, person, find } = crewAt(page)
  const seen = (name: string): Promise<void> => legibleInEveryTheme(page, name)

  const open = status.getByRole('button', { name: /^Central/ })
  await expect(open).toContainText('works alone')
  await open.press('Enter')
  const dialog = page.getByRole('dialog')
  const field = dialog.getByLabel('Connection code')
  await field.fill(`${code.slice(0, -1)}!`)
  await page.keyboard.press('Enter')
  await expect(dialog.getByRole('alert')).toContainText('A character of the connection code is wrong')
  await expect(field).toHaveValue(/!$/)
  await seen('typo')

  await field.fill(code)
  await page.keyboard.press('Enter')
  await expect(dialog.getByRole('status')).toContainText('Joined Coastline Timing')
  await expect(field).toHaveValue('')
  const peer = dialog.getByRole('listitem', { name: 'Central Coastline Timing' })
  await expect(peer).toContainText('in step', { timeout: 30_000 })
  await expect(peer).toContainText('0 changes')
  await seen('in-step')

  await field.fill(code)
  await page.keyboard.press('Enter')
  await expect(dialog.getByRole('alert')).toContainText('central.refused', { timeout: 30_000 })
  await page.keyboard.press('Escape')
  await expect(open).toHaveText('Central in step')

  await central.goAway()
  await expect(open).toContainText('offline', { timeout: 30_000 })
  await find('1')
  await page.keyboard.press('F4')
  await expect(person).toContainText('checked in')
  await expect(open).toContainText(/offline, \d+ changes? waits?/)
  await open.press('Enter')
  await expect(peer).toContainText('does not answer')
  await seen('offline')
  await central.comeBack()
  await expect(peer).toContainText('in step', { timeout: 60_000 })

  await page.keyboard.press('Escape')
  await central.asOwner(client => client.query(`ALTER ROLE "${user}" NOLOGIN`))
  await central.goAway()
  await central.comeBack()
  await expect(open).toContainText('blocked: login refused', { timeout: 60_000 })
  const heights = await status.locator(':scope > *').evaluateAll(all => all.map(one => one.clientHeight))
  expect((await status.boundingBox())?.height).toBeLessThan(2 * Math.max(...heights))
  await open.press('Enter')
  await expect(peer).toContainText('Ask whoever runs the central database for another connection code')
  await seen('blocked')

  await page.keyboard.press('Escape')
  await served.world.call().hub.start({})
  await page.setViewportSize({ width: 1280, height: 800 })
  await page.getByLabel('Screens').getByRole('button', { name: 'Monitoring' }).click()
  const replication = page.getByRole('region', { name: 'Replication' })
  await expect(replication).toContainText('2 joined')
  await expect(replication).toContainText('in step')
  await expect(replication.getByRole('listitem')).toHaveCount(2)
  await seen('two-peers')
  await expect.poll(() => hidden(replication)).toBe(0)
  await served.world.call().hub.stop()
  await expect(replication).toContainText('1 joined')
  await open.press('Enter')
  await central.asOwner(client => client.query(`ALTER ROLE "${user}" LOGIN`))
  await peer.getByRole('button', { name: 'Try now' }).press('Enter')
  await expect(peer).toContainText('in step', { timeout: 60_000 })

  await peer.getByRole('button', { name: 'Leave…' }).press('Enter')
  const asked = page.getByRole('dialog', { name: /^Leave / })
  await expect(asked).toContainText('Everything of this laptop is there')
  await seen('leaving')
  await asked.getByRole('button', { name: /^Leave / }).press('Enter')
  await expect(peer).toHaveCount(0)
  await expect(dialog).toContainText('works alone')
})

test('what another laptop runs is taken over only after the question, which no browser asks', async ({
  page,
}) => {
  const { call } = served.world
  const [connection] = (await call().connections.list()).connections
  const before = connection?.recent.filter(({ status }) => status === 'completed').length ?? 0
  await central.asOwner(client =>
    client.query(
      `INSERT INTO trackside.leases (timing_partner_id, connection_id, laptop_id, taken_at, renewed_at, expires_at)
       VALUES ($1, $2, gen_random_uuid(), now(), now(), now() + interval '1 hour')
       ON CONFLICT (timing_partner_id, connection_id)
       DO UPDATE SET laptop_id = excluded.laptop_id, expires_at = excluded.expires_at`,
      [central.partner.id, connection?.id],
    ),
  )
  await call().replication.join({ code: (await central.invite()).code })
  page.on('dialog', () => {
    throw new Error('the browser asked')
  })
  await page.goto(served.signInAddress())
  await page.getByLabel('Screens').getByRole('button', { name: 'Connections' }).click()
  const sync = page.getByRole('button', { name: /^Sync now/ })
  const asked = page.getByRole('dialog', { name: 'Take it over?' })

  await sync.press('Enter')
  await expect(asked).toContainText('Another laptop runs this connection now')
  await expect(asked.getByRole('button', { name: 'Leave it there' })).toBeFocused()
  await legibleInEveryTheme(page, 'taking-over')
  await page.keyboard.press('Enter')
  await expect(asked).toHaveCount(0)
  await expect(page.getByRole('alert')).toContainText('sync.elsewhere')

  await sync.press('Enter')
  await expect(asked).toBeVisible()
  await central.asOwner(client => client.query(`UPDATE trackside.leases SET expires_at = now()`))
  await asked.getByRole('button', { name: 'Take it over' }).press('Enter')
  await expect(asked).toHaveCount(0)
  const goodRuns = async (): Promise<number> =>
    (await call().connections.list()).connections[0]?.recent.filter(({ status }) => status === 'completed')
      .length ?? 0
  await expect.poll(goodRuns, { timeout: 30_000 }).toBe(before + 1)
})
