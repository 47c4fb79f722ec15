import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, type Page, test } from 'playwright/test'
import { moveIn } from '../../src/keeping/move.ts'
import { hardToRead } from '../support/contrast.ts'
import { type ServedWorld, serveWorld } from '../support/served-world.ts'

let served: ServedWorld
let folder: string

test.beforeAll(async () => {
  served = await serveWorld()
  folder = mkdtempSync(join(tmpdir(), 'trackside-e2e-spare-'))
})
test.afterAll(async () => {
  await served?.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function open(page: Page): Promise<void> {
  await page.addInitScript(() =>
    localStorage.setItem('trackside-theme', JSON.stringify({ state: { theme: 'sun' }, version: 0 })),
  )
  await page.goto(served.signInAddress())
  await expect(boxOf(page)).toBeFocused()
}
const boxOf = (page: Page) => page.getByRole('combobox', { name: 'Bib, chip or name' })
const deskOf = (page: Page) => page.getByRole('region', { name: 'Help desk' })
const personOn = (page: Page) => deskOf(page).getByRole('article')

async function find(page: Page, text: string): Promise<void> {
  await page.keyboard.press('Escape')
  await page.keyboard.type(text)
  await page.keyboard.press('Enter')
}

test('this laptop is sealed for the spare one: a passphrase too short or not the same is said, and the file opens there', async ({
  page,
}) => {
  await open(page)
  await page
    .getByLabel('Status', { exact: true })
    .getByRole('button', { name: /^Backup/ })
    .click()
  await page.getByRole('dialog').getByRole('button', { name: 'Move to the spare laptop…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Move to the spare laptop' })
  const seal = dialog.getByRole('button', { name: 'Seal' })
  const passphrase = dialog.getByLabel('Passphrase', { exact: true })
  await expect(passphrase).toBeFocused()
  await passphrase.fill('short')
  await dialog.getByLabel('Passphrase again').fill('other')
  await expect(dialog.getByText('8 characters or more', { exact: true })).toBeVisible()
  await expect(dialog.getByText('Not the same')).toBeVisible()
  await dialog.getByRole('radio', { name: 'To a disk or stick' }).check()
  await expect(seal).toBeDisabled()
  expect(await hardToRead(page, 4.5)).toEqual([])
  for (const label of ['Passphrase', 'Passphrase again'])
    await dialog.getByLabel(label, { exact: true }).fill('canary yellow stopwatch')
  await dialog.getByLabel('New file').fill('/nowhere/at/all.sealed')
  await seal.click()
  await expect(dialog.getByRole('alert')).toContainText('Not sealed')
  const file = join(folder, 'harbor.sealed')
  await dialog.getByLabel('New file').fill(file)
  await page.keyboard.press('Enter')
  await expect(dialog.getByRole('status')).toContainText('without the keys')
  await expect(dialog.getByRole('status')).toContainText(file)
  const place = {
    dataFolder: join(folder, 'spare'),
    migrations: served.world.config.migrations,
    clock: Date.now,
  }
  const moved = await moveIn(place, { file, passphrase: 'canary yellow stopwatch' }, async () => {})
  expect(moved.keys).toBeNull()
  await dialog.getByRole('button', { name: 'Close', exact: true }).last().click()
  await expect(dialog).toHaveCount(0)
})

test('while another program holds the database, people are found; a decision that waits in vain is said, and is made when it is free', async ({
  page,
}) => {
  await open(page)
  const other = new Database(served.world.store().file)
  other.exec('BEGIN IMMEDIATE')
  try {
    await find(page, '3')
    await expect(personOn(page)).toContainText('not checked in')
    await page.keyboard.press('F4')
    await expect(deskOf(page).getByRole('alert')).toContainText(
      'Not changed. Another program holds the database.',
      { timeout: 20_000 },
    )
    await expect(personOn(page)).toContainText('not checked in')
  } finally {
    other.exec('ROLLBACK')
    other.close()
  }
  await page.keyboard.press('F4')
  await expect(personOn(page).getByText(/^checked in /)).toBeVisible()
  await expect(deskOf(page).getByRole('alert')).toHaveCount(0)
})

test('of a race day that is closed people are found and decided about as before', async ({ page }) => {
  await open(page)
  await page.keyboard.press('Alt+7')
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Close the race' }).click()
  await expect(dialog.getByRole('status').filter({ hasText: 'Closed' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(dialog).toHaveCount(0)
  await expect(boxOf(page)).toBeFocused()
  const { sessions } = await served.world.call().timing.sessions()
  expect(sessions.find(({ id }) => id === served.session.id)?.status).toBe('ended')
  await find(page, '4')
  await expect(personOn(page)).toBeVisible()
  await page.keyboard.press('F4')
  await expect(personOn(page).getByText(/^checked in /)).toBeVisible()
})

test('a provider that does not answer: the sync says that nothing comes, and is there to be cancelled after a look elsewhere', async ({
  page,
}) => {
  const { faults } = served.world.runSignUp
  faults.add({ kind: 'hang', times: Number.POSITIVE_INFINITY })
  await open(page)
  await page.keyboard.press('F5')
  const sync = page.getByRole('region', { name: 'Sync' })
  await expect(sync).toContainText(/nothing new for \d/)
  await page.getByLabel('Screens').getByRole('button', { name: 'Connections' }).click()
  await expect(page.getByRole('list', { name: 'Connections' })).toContainText(
    /Fetching 5K from RunSignUp · 0 of 20 · nothing new/,
  )
  await page.getByLabel('Screens').getByRole('button', { name: 'Race day' }).click()
  await sync.getByRole('button', { name: 'Cancel' }).click()
  await expect(sync).toContainText('cancelled')
  faults.clear()
  await sync.getByRole('button', { name: 'Put away' }).click()
  await expect(sync).toHaveCount(0)
})
