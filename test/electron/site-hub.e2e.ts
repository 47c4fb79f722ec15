import { join } from 'node:path'
import { expect, test } from 'playwright/test'
import { formatConnectionCode, parseConnectionCode } from '../../src/replication/connection-code.ts'
import { postmasterOf } from '../../src/replication/hub/postmaster.ts'
import { crewAt } from '../support/crew.ts'
import { createPlace, type Place, type Shell } from '../support/electron-here.ts'
import { electronDist, NO_ELECTRON } from '../support/electron-stage.ts'
import { createWorld } from '../support/world.ts'

const dist = electronDist()
test.skip(dist === null, NO_ELECTRON)
test.describe.configure({ mode: 'serial' })

/** A server starts, and laptops come back with patience. */
const SOON = { timeout: 45_000 }

let place: Place
let shell: Shell
/** The other laptop: it has the people, and an engine in this process. */
let guest: Awaited<ReturnType<typeof createWorld>>

test.beforeAll(async () => {
  if (dist === null) return
  guest = await createWorld({
    people: 5,
    config: {
      centralMigrations: join(import.meta.dirname, '..', '..', 'drizzle', 'central'),
      schedule: true,
    },
  })
  const { id: connectionId } = await guest.connect()
  await guest.call().sync.manual({ connectionId, operation: 'participants', wait: true })
  place = createPlace(dist)
  shell = await place.launch()
})

test.afterAll(async () => {
  await shell?.electron.close()
  place?.remove()
  await guest?.stop()
})

const server = (): Promise<number | null> => postmasterOf(join(place.data, 'hub', 'cluster'))

/** Who has this bib, as the guest knows them. */
const atTheGuest = async (bib: string) => (await guest.call().raceDay.lookup({ bib })).matches[0]

const someone = async (bib: string) => {
  const found = await atTheGuest(bib)
  if (found === undefined) throw new Error(`nobody has bib ${bib}`)
  return found
}

/** At the window's desk this bib is found. */
async function foundAtTheDesk(bib: string, lastName: string): Promise<void> {
  const crew = crewAt(shell.page)
  await expect(async () => {
    await crew.find(bib)
    await expect(crew.person).toContainText(lastName, { timeout: 1_000 })
  }).toPass(SOON)
}

/** The end of the app and of whatever holds its files: without what waits there, nothing else ends. */
const end = (): Promise<number | null> =>
  new Promise(done => shell.electron.process().once('close', code => done(code)))

test('the window’s laptop becomes the hub, and what another laptop has arrives in it', async () => {
  test.slow()
  const { page } = shell
  await crewAt(page)
    .status.getByRole('button', { name: /^Central/ })
    .click()
  await page.getByRole('button', { name: 'Be the hub of a site…' }).click()
  const hub = page.getByRole('dialog', { name: 'Site hub' })
  await hub.getByRole('button', { name: 'Be the hub' }).click()
  await expect(hub.getByText(/^This laptop is the hub/)).toBeVisible(SOON)
  await hub.getByLabel('A code for another laptop').fill('Finish')
  await page.keyboard.press('Enter')
  const shown = hub.getByLabel('Code for Finish, once')
  await expect(shown).toHaveValue(/^trackside1\./)
  // The same door by loopback: no test needs a network.
  const { login, ...code } = parseConnectionCode(await shown.inputValue())
  const joined = formatConnectionCode({ ...code, login: { ...login, hosts: ['127.0.0.1'] } })
  await guest.call().replication.join({ code: joined })
  await page.keyboard.press('Escape')
  await crewAt(page).goTo('Race day')
  await foundAtTheDesk('3', (await someone('3')).lastName ?? '?')
})

test('what the desk in the window decides comes to the other laptop', async () => {
  const { id } = await someone('3')
  await shell.page.keyboard.press('F2')
  await expect(shell.page.getByRole('dialog').locator('input:focus')).toHaveCount(1)
  await shell.page.keyboard.type('903')
  await shell.page.keyboard.press('Enter')
  await expect.poll(async () => (await atTheGuest('903'))?.id, SOON).toBe(id)
})

test('quitting stops the database with the app', async () => {
  const ended = end()
  expect(await server()).not.toBeNull()
  await shell.electron.evaluate(({ app }) => app.quit())
  expect(await ended).toBe(0)
  expect(await server()).toBeNull()
})

test('started again it is the hub, and a laptop that worked alone comes back to it', async () => {
  test.slow()
  const { id, lastName } = await someone('4')
  await guest.call().raceDay.decide({ id, field: 'bib_number', value: '904' })
  shell = await place.launch()
  await crewAt(shell.page).goTo('Race day')
  await foundAtTheDesk('904', lastName ?? '?')
})

test('killed, the app leaves its database but none of its files in it; the next start takes over', async () => {
  test.slow()
  const before = await server()
  const ended = end()
  shell.electron.process().kill('SIGKILL')
  await ended
  expect(await server()).toBe(before)
  const { id, lastName } = await someone('5')
  await guest.call().raceDay.decide({ id, field: 'bib_number', value: '905' })
  shell = await place.launch()
  await expect.poll(async () => ![null, before].includes(await server()), SOON).toBe(true)
  await crewAt(shell.page).goTo('Race day')
  await foundAtTheDesk('905', lastName ?? '?')
  await shell.electron.close()
  expect(await server()).toBeNull()
})
