import { createRouterClient } from '@orpc/server'
import { expect, type Locator, type Page, test } from 'playwright/test'
import { NO_VALUES } from '../../src/core/model.ts'
import { storeEvent } from '../../src/store/events.ts'
import { storeParticipants } from '../../src/store/participants.ts'
import { hardToRead } from '../support/contrast.ts'
import { type ServedApp, serveApp } from '../support/served-app.ts'

const RUNNERS = [
  { bib: '214', first: 'Zoë', last: 'Müller-Ortiz' },
  { bib: '31', first: 'Ada', last: 'Okonkwo' },
  { bib: '32', first: 'Ben', last: 'Okonkwo' },
  { bib: '33', first: 'Cleo', last: 'Okonkwo' },
  { bib: '12', first: 'Jon', last: 'Ruiz' },
  { bib: '12', first: 'Mia', last: 'Sato' },
]

let served: ServedApp

/** A small race day of today, with a session and one chip that nobody has. */
test.beforeAll(async () => {
  served = await serveApp()
  const { store, router } = served.app
  const today = new Date().toISOString().slice(0, 10)
  const event = store.write(writer =>
    storeEvent(writer, 'runsignup', {
      sourceEventId: '1',
      sourceRaceId: '1',
      raceName: 'Harbor Run',
      eventName: '5K',
      timezone: 'UTC',
      startAt: Date.parse(`${today}T07:30:00Z`),
      startText: null,
      eventDate: today,
      eventType: null,
      distanceKm: 5,
      city: null,
      state: null,
      country: null,
      maxParticipants: null,
      registrationOpenDate: null,
      registrationCloseDate: null,
      raw: null,
    }),
  )
  store.write(writer =>
    storeParticipants(
      writer,
      event,
      RUNNERS.map(({ bib, first, last }, index) => ({
        written: 'null',
        participant: {
          sourceParticipantId: String(index + 1),
          sourceVersion: null,
          successorId: null,
          values: { ...NO_VALUES, bib_number: bib, first_name: first, last_name: last },
        },
      })),
    ),
  )
  const call = createRouterClient(router, { context: { who: { name: 'crew', role: 'manager' } } })
  const [day] = (await call.raceDay.raceDays()).raceDays
  if (!day) throw new Error('no race day came with the event')
  const session = await call.timing.addSession({ sessionName: 'Harbor', raceDayId: day.id })
  const seconds = (Date.parse(`${today}T08:00:00Z`) / 1000).toFixed(2)
  await call.timing.import({
    sessionId: session.id,
    location: 'Finish',
    text: `TO~1~9999~160~18~${seconds}~Finish~8~-63~1~P~1\nTO~2~31~160~18~${seconds}~Finish~8~-63~2~P~1`,
  })
})
test.afterAll(async () => {
  await served?.stop()
})

const boxOf = (page: Page): Locator => page.getByRole('combobox', { name: 'Bib, chip or name' })
const personOn = (page: Page): Locator => page.getByLabel('Help desk').getByRole('article')

async function open(page: Page): Promise<void> {
  await page.goto(served.signInAddress())
  await expect(boxOf(page)).toBeFocused()
}

async function find(page: Page, bib: string): Promise<void> {
  await page.keyboard.press('Escape')
  await page.keyboard.type(bib)
  await page.keyboard.press('Enter')
  await expect(personOn(page)).toBeVisible()
}

const QUESTIONS: readonly (readonly [keys: readonly string[], title: RegExp])[] = [
  [['F2', 'Alt+b'], /^New bib for Zoë/],
  [['F3', 'Alt+c'], /^Chip of Zoë/],
  [['F6', 'Alt+d'], /^Race status of Zoë/],
  [['F8', 'Alt+n'], /^Note for Zoë/],
  [['F9', 'Alt+w'], /^Walk-up/],
]

test('each key asks what its keycap says, Esc leaves it, and the box has the focus again', async ({
  page,
}) => {
  await open(page)
  await find(page, '214')
  const actions = page.getByRole('toolbar', { name: 'Help desk actions' }).getByRole('button')
  const caps = (await actions.locator('kbd').allTextContents()).toSorted()
  expect(caps).toEqual(['F2', 'F3', 'F4', 'F6', 'F8', 'F9'])
  for (const [keys, title] of QUESTIONS) {
    for (const key of keys) {
      await page.keyboard.press(key)
      const dialog = page.getByRole('dialog', { name: title })
      await expect(dialog.locator(':focus')).toHaveCount(1)
      await page.keyboard.press('Escape')
      await expect(dialog).toHaveCount(0)
      await expect(boxOf(page)).toBeFocused()
    }
  }
})

test('a decision is made, seen and undone without the mouse', async ({ page }) => {
  await open(page)
  await find(page, '214')
  const person = personOn(page)
  for (const key of ['F4', 'Alt+i']) {
    await page.keyboard.press(key)
    await expect(person.getByText(/^checked in /)).toBeVisible()
    await page.keyboard.press('Control+z')
    await expect(person.getByText('not checked in')).toBeVisible()
    await expect(boxOf(page)).toBeFocused()
  }
  await page.keyboard.press('F2')
  await expect(page.getByRole('dialog').locator('input:focus')).toHaveCount(1)
  await page.keyboard.type('900')
  await page.keyboard.press('Enter')
  await expect(person).toContainText('900')
  await expect(boxOf(page)).toBeFocused()
  await page.keyboard.press('Control+z')
  await expect(person.getByText('214', { exact: true })).toBeVisible()
  await page.keyboard.press('F6')
  await expect(page.getByRole('dialog').locator('button:focus')).toHaveCount(1)
  await page.keyboard.press('2')
  await expect(person).toContainText('DNF')
  await expect(boxOf(page)).toBeFocused()
  await page.keyboard.press('Control+z')
  await expect(person).not.toContainText('DNF')
})

test('several matches are walked with arrows, and a screen reader hears which one Enter takes', async ({
  page,
}) => {
  await open(page)
  await page.keyboard.type('okonkw')
  const matches = page.getByRole('listbox', { name: 'Matches' }).getByRole('option')
  await expect(matches).toHaveCount(3)
  const heard = (): Promise<string | null> =>
    boxOf(page).evaluate(
      box => document.getElementById(box.getAttribute('aria-activedescendant') ?? '')?.textContent ?? null,
    )
  await page.keyboard.press('ArrowDown')
  await expect(matches.nth(1)).toHaveAttribute('aria-selected', 'true')
  expect(await heard()).toBe(await matches.nth(1).textContent())
  const second = (await matches.nth(1).textContent()) ?? ''
  await page.keyboard.press('Enter')
  await expect(personOn(page)).toBeVisible()
  expect(second).toContain((await personOn(page).getByRole('heading').textContent()) ?? 'nobody')
  await expect(page.getByText('2 of 3')).toBeVisible()
})

test('two who wear one bib are said', async ({ page }) => {
  await open(page)
  await find(page, '12')
  await expect(personOn(page)).toContainText('Bib 12 is worn twice.')
})

test('the box is a key away from every screen', async ({ page }) => {
  await open(page)
  for (const screen of ['Connections', 'Displays']) {
    for (const key of ['/', 'Control+k']) {
      await page.getByLabel('Screens').getByRole('button', { name: screen }).focus()
      await page.keyboard.press('Enter')
      await expect(boxOf(page)).toHaveCount(0)
      await page.keyboard.press(key)
      await expect(boxOf(page)).toBeFocused()
      await expect(boxOf(page)).toHaveValue('')
    }
  }
})

test('reads that are nobody’s are somebody’s by two keys and a bib', async ({ page }) => {
  await open(page)
  const groups = page.getByRole('list', { name: "Nobody's reads" }).getByRole('button')
  await expect(groups).toHaveCount(1)
  await page.keyboard.press('F7')
  await expect(groups.first()).toBeFocused()
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Whose is chip 9999?' })
  await expect(dialog.locator('input:focus')).toHaveCount(1)
  await page.keyboard.type('214')
  await expect(dialog.getByRole('option')).toHaveCount(1)
  await page.keyboard.press('Enter')
  await expect(personOn(page)).toContainText('Zoë')
  await expect(personOn(page).getByRole('table', { name: 'Reads of this person' })).toContainText('Finish')
  await expect(groups).toHaveCount(0)
  await expect(boxOf(page)).toBeFocused()
  await page.keyboard.press('Control+z')
  await expect(groups).toHaveCount(1)
})

test('an engine that does not answer is said at the box, and the next Enter finds', async ({
  page,
  context,
}) => {
  await open(page)
  await context.setOffline(true)
  await page.keyboard.type('33')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alert').filter({ hasText: 'Not searched' })).toContainText(
    'The engine did not answer',
  )
  await context.setOffline(false)
  await expect(boxOf(page)).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(personOn(page)).toContainText('Cleo')
  await expect(page.getByRole('alert')).toHaveCount(0)
})

const THEMES = [
  { theme: 'dark', contrast: 4.5 },
  { theme: 'light', contrast: 4.5 },
  { theme: 'sun', contrast: 7 },
] as const
const WINDOWS = [
  { width: 1366, height: 768 },
  { width: 1093, height: 614 },
] as const

for (const { theme, contrast } of THEMES) {
  test(`everything at the desk is read in ${theme}, at ${contrast} to 1 or better`, async ({ page }) => {
    await page.addInitScript(
      chosen =>
        localStorage.setItem('trackside-theme', JSON.stringify({ state: { theme: chosen }, version: 0 })),
      theme,
    )
    await open(page)
    for (const size of WINDOWS) {
      await page.setViewportSize(size)
      const look = async (what: string): Promise<void> => {
        const folder = process.env.TRACKSIDE_PICTURES
        if (folder) await page.screenshot({ path: `${folder}/${theme}-${size.width}-${what}.png` })
        expect(await hardToRead(page, contrast), `${what} at ${size.width}`).toEqual([])
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
        expect(wide, `${what} at ${size.width} is wider than the window`).toBeLessThanOrEqual(0)
      }
      await find(page, '31')
      await look('person')
      await find(page, '12')
      await look('worn-twice')
      await page.keyboard.press('Escape')
      await page.keyboard.type('okonkw')
      await expect(page.getByRole('listbox', { name: 'Matches' }).getByRole('option')).toHaveCount(3)
      await look('matches')
      await find(page, '214')
      for (const [[key = ''], title] of QUESTIONS) {
        await page.keyboard.press(key)
        await expect(page.getByRole('dialog', { name: title }).locator(':focus')).toHaveCount(1)
        await look(key)
        await page.keyboard.press('Escape')
        await expect(page.getByRole('dialog')).toHaveCount(0)
      }
    }
  })
}
