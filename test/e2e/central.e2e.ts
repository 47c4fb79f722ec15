import { expect, test } from 'playwright/test'
import {
  CENTRAL_MIGRATIONS,
  type CentralDatabase,
  startCentralDatabase,
} from '../support/central-database.ts'
import { hardToRead } from '../support/contrast.ts'
import { crewAt } from '../support/crew.ts'
import { overflowing } from '../support/overflow.ts'
import { type ServedWorld, serveWorld } from '../support/served-world.ts'

let central: CentralDatabase
let served: ServedWorld

test.setTimeout(120_000)
test.beforeAll(async () => {
  central = await startCentralDatabase()
  served = await serveWorld({ config: { schedule: true, centralMigrations: CENTRAL_MIGRATIONS } })
})
test.afterAll(async () => {
  await served?.stop()
  await central?.stop()
})

test('a laptop joins the central database by a code, sees it go away and come back, and leaves', async ({
  page,
}, info) => {
  const { code, user } = await central.invite()
  await page.goto(served.signInAddress())
  const { status, person, find } = crewAt(page)
  const seen = async (name: string): Promise<void> => {
    for (const theme of ['light', 'dark', 'sun'] as const) {
      await page.evaluate(chosen => {
        document.documentElement.dataset.theme = chosen
        document.documentElement.dataset.mantineColorScheme = chosen === 'dark' ? 'dark' : 'light'
      }, theme)
      await page.screenshot({ path: info.outputPath(`${name}-${theme}.png`) })
      expect(await overflowing(page)).toEqual([])
      expect(await hardToRead(page, 4.5)).toEqual([])
    }
  }

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
  await central.asOwner(client => client.query(`ALTER ROLE "${user}" LOGIN`))
  await peer.getByRole('button', { name: 'Try now' }).press('Enter')
  await expect(peer).toContainText('in step', { timeout: 60_000 })

  await peer.getByRole('button', { name: 'Leave…' }).press('Enter')
  await expect(peer).toContainText('Everything of this laptop is there')
  await peer.getByRole('button', { name: /^Leave / }).press('Enter')
  await expect(peer).toHaveCount(0)
  await expect(dialog).toContainText('works alone')
})
