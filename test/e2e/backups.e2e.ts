import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'playwright/test'
import { type ServedApp, serveApp } from '../support/served-app.ts'

let served: ServedApp
let stick: string

test.beforeAll(async () => {
  served = await serveApp()
  stick = mkdtempSync(join(tmpdir(), 'trackside-stick-'))
})
test.afterAll(async () => {
  await served?.stop()
  rmSync(stick, { recursive: true, force: true })
})

test('a backup is made from the status bar, to a stick too, and a stick pulled out is said there', async ({
  page,
}) => {
  await page.goto(served.signInAddress())
  const state = page.getByLabel('Status', { exact: true }).getByRole('button', { name: /^Backup/ })
  await expect(state).toHaveText('Backup none yet')
  await state.click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Back up now' }).click()
  await expect(dialog.getByRole('row')).toHaveCount(2)
  await dialog.getByLabel('Second folder', { exact: true }).fill('/nowhere')
  await dialog.getByRole('button', { name: 'Use this folder' }).click()
  await expect(dialog.getByRole('alert')).toContainText('/nowhere is not there')
  await dialog.getByLabel('Second folder', { exact: true }).fill(stick)
  await dialog.getByRole('button', { name: 'Use this folder' }).click()
  await expect(dialog.getByRole('status')).toContainText(`and in ${stick}`)
  expect(readdirSync(stick)).toHaveLength(1)
  rmSync(stick, { recursive: true })
  await dialog.getByRole('button', { name: 'Back up now' }).click()
  await expect(dialog.getByRole('status')).toContainText(`${stick} is not there`)
  await page.keyboard.press('Escape')
  await expect(state).toContainText(`${stick} is not there: copies are on this laptop only.`)
})
