import { expect, test } from 'playwright/test'
import { type CopernicoRace, createCopernicoRace } from '../../src/rehearsal/copernico-athletes.ts'
import { createCopernicoServer } from '../../src/rehearsal/copernico-server.ts'
import { type ServedApp, serveApp } from '../support/served-app.ts'

const RACE_ID = '3f6c2b1e-8a47-4c0d-9b5e-2d7a1c9e4f10'
/** What the race at RunSignUp has, by what it is in Copernico. */
const EVENTS = { Marathon: 'Maratón', Half: 'Media', '10K': '10K' } as const

let served: ServedApp
let race: CopernicoRace
let copernico: ReturnType<typeof createCopernicoServer>

test.beforeAll(async () => {
  served = await serveApp()
  race = createCopernicoRace({
    id: RACE_ID,
    slug: 'harbor-run-2026',
    events: Object.values(EVENTS).map((name, index) => ({
      id: `0b8e1c52-4e0c-4d0a-9f0e-1f2f3a4b5c0${index}`,
      name,
      splits: ['Meta'],
    })),
    presets: [
      {
        login: 'crew@example.com',
        name: 'Trackside',
        columns: {
          ...{ id: 'id', dorsal: 'dorsal', name: 'name', surname: 'surname', gender: 'gender' },
          ...{ status: 'status', time: 'Meta:time' },
        },
      },
    ],
  })
  copernico = createCopernicoServer({ race, apiKey: 'unused', clock: Date.now })
  await copernico.start()
})

test.afterAll(async () => {
  await served?.stop()
  await copernico?.stop()
})

test('Copernico is connected by its form, and people go there by the mapping it declares', async ({
  page,
}) => {
  test.slow()
  const { day } = served
  const side = (provider: string) =>
    page.locator('section').filter({ has: page.getByRole('heading', { name: provider }) })
  const fill = async (provider: string, values: Readonly<Record<string, string>>): Promise<void> => {
    for (const [label, value] of Object.entries(values))
      await side(provider)
        .getByLabel(new RegExp(`^${label}( \\*)?$`))
        .fill(value)
  }
  const button = (name: string) => page.getByRole('button', { name })

  await page.goto(served.signInAddress())
  await button('Connect for real').click()
  await page.getByRole('radio', { name: 'RunSignUp' }).check()
  await page.getByRole('radio', { name: 'Copernico' }).check()
  await button('Next').click()
  const form = side('Copernico')
  await expect(form).toContainText('Inferred, confirmed by nobody: sending entries, reading entries back.')
  await expect(form).toContainText('No way is known to send results or times to Copernico')
  await fill('RunSignUp', {
    'API key': day.keys.api_key,
    'API secret': day.keys.api_secret,
    'Race id': String(day.raceId),
    Address: day.urls.runSignUp,
  })
  const places = race.events.map(({ id, name }, index) => `${Object.keys(EVENTS)[index]} = ${id} ${name}`)
  await fill('Copernico', {
    'Race id': RACE_ID,
    Events: places.join('\n'),
    'Race in addresses': 'harbor-run-2026',
    'Login of the preset': 'crew@example.com',
    Preset: 'trackside',
    'Result columns': 'gun = time',
    Address: copernico.url,
    'Address for entries': copernico.url,
  })

  await test.step('a preset that is a letter off is said as such', async () => {
    await button('Test').click()
    await expect(page.getByText('must be written letter by letter').first()).toBeVisible()
    await fill('Copernico', { Preset: 'Trackside' })
    await button('Test').click()
    await expect(page.getByText('Maratón: the preset shows 0 people').first()).toBeVisible()
  })

  await button('Next').click()
  await page.getByLabel('Allow the unconfirmed push').check({ force: true })
  await button('Create connection').click()
  await button('Start first sync').click()

  let everybody = 0
  await test.step('everybody is in Copernico, in the event of the same name there', async () => {
    for (const [index, event] of day.registrations.eventsOf(day.raceId).entries()) {
      const there = race.events[index]?.id ?? ''
      const people = day.registrations.active(event.eventId).length
      everybody += people
      await expect
        .poll(() => race.athletesOf(there).length, { message: event.name, timeout: 60_000 })
        .toBe(people)
    }
  })

  await test.step('the mapping shows its words', async () => {
    const count = everybody.toLocaleString('en-US')
    await page.getByRole('tab', { name: /^Mapping/ }).click()
    await expect(page.getByRole('table', { name: 'Mapping' })).toContainText('Gender (male, female, mixed)')
    await expect(page.getByRole('table', { name: 'Mapping' })).toContainText('M → male')
    await expect(page.getByText(`${count} of ${count} people fit`)).toBeVisible({ timeout: 30_000 })
  })
})
