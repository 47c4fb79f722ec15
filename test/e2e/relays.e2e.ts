import { createRouterClient } from '@orpc/server'
import { expect, test } from 'playwright/test'
import { createCtp01Client } from '../../src/rehearsal/ctp01-client.ts'
import { createScoringProgram } from '../../src/rehearsal/ctp01-server.ts'
import { type ServedApp, serveApp } from '../support/served-app.ts'

const scoring = createScoringProgram({
  options: { 'stream-mode': 'push', 'time-format': 'iso', newlocations: 'true' },
})
let served: ServedApp

test.beforeAll(async () => {
  served = await serveApp()
  await scoring.start()
})
test.afterAll(async () => {
  await served?.stop()
  await scoring.stop()
})

test('reads are handed on to a scoring program with the keyboard, and what cannot be is said', async ({
  page,
}) => {
  const crew = createRouterClient(served.app.router, { context: { who: { name: 'crew', role: 'crew' } } })
  const day = await crew.raceDay.addRaceDay({ name: 'Harbor', date: '2026-05-09', eventIds: [] })
  await crew.timing.addSession({ sessionName: 'Harbor', raceDayId: day.id, timezone: 'America/New_York' })
  const simple = createCtp01Client({
    ...{ host: '127.0.0.1', port: served.app.timingPort() ?? 0, clock: Date.now, zone: 'America/New_York' },
    ...{ eventName: 'Harbor', locations: ['finish'], connectionId: 'a'.repeat(40) },
  })
  await simple.start()
  const at = Date.UTC(2026, 4, 9, 12)
  simple.push({ location: 'finish', tag: '41', at, readerId: '0F2A38', gator: 1 })
  simple.push({ location: 'finish', tag: '058003F2C1', at, readerId: '0F2A38', gator: 1 })

  await page.goto(served.signInAddress())
  await page.getByRole('button', { name: 'Hand on…' }).press('Enter')
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText('Reads are handed on to nobody.')
  await dialog.getByRole('button', { name: 'Add scoring program' }).press('Enter')
  await expect(dialog.getByLabel('Address of the scoring program')).toBeFocused()
  await page.keyboard.type('localhost')
  await page.keyboard.press('Tab')
  await page.keyboard.press('ControlOrMeta+A')
  await page.keyboard.type(String(served.app.timingPort()))
  await page.keyboard.press('Enter')
  await expect(dialog.getByRole('alert')).toContainText("this laptop's own port for readers")
  await page.keyboard.press('ControlOrMeta+A')
  await page.keyboard.type(String(scoring.port))
  await page.keyboard.press('Enter')
  const line = dialog.getByRole('list', { name: 'Scoring programs' }).getByRole('listitem')
  await expect(line).toContainText('connected')
  await expect(line).toContainText('1 read handed on, none waits')
  await line.getByText('1 read not handed on').click()
  await expect(line.getByRole('table')).toContainText('its chip has more than 8 characters')
  await page.screenshot({ path: test.info().outputPath('relays.png') })
  await scoring.stop()
  await expect(line).toContainText(`Nothing listens at localhost:${scoring.port}.`)
  await line.getByRole('button', { name: 'Turn Scoring off' }).press('Enter')
  await expect(line).toContainText('off')
  await dialog.getByLabel('Port for ChronoTrack readers').fill('1')
  await dialog.getByRole('button', { name: 'Listen here' }).first().press('Enter')
  await expect(dialog.getByText(/Port 1 cannot be listened on|Listening on 1\./)).toBeVisible()
  await line.getByRole('button', { name: 'Remove Scoring' }).press('Enter')
  await line.getByRole('button', { name: 'Yes, remove Scoring' }).press('Enter')
  await expect(dialog).toContainText('Reads are handed on to nobody.')
  await simple.stop()
})
