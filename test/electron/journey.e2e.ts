import { expect, test } from 'playwright/test'
import type { RaceDay } from '../../src/rehearsal/race-day.ts'
import { crewAt } from '../support/crew.ts'
import { createPlace, type Place, type Shell } from '../support/electron-here.ts'
import { electronDist, NO_ELECTRON } from '../support/electron-stage.ts'
import { startOutside } from '../support/outside-day.ts'

const dist = electronDist()
test.skip(dist === null, NO_ELECTRON)

let day: RaceDay
let place: Place
let shell: Shell

test.beforeAll(async () => {
  if (dist === null) return
  day = await startOutside()
  place = createPlace(dist)
  shell = await place.launch()
})

test.afterAll(async () => {
  await shell?.electron.close()
  place?.remove()
  await day?.stop()
})

test('in its own window the app connects, syncs and finds a bib', async () => {
  test.slow()
  const crew = crewAt(shell.page)
  const [event] = day.registrations.eventsOf(day.raceId)
  const runner = day.registrations.active(event?.eventId ?? 0).find(one => one.bib !== null)
  await shell.page.getByRole('button', { name: 'Connect for real' }).click()
  await crew.connect(day)
  await expect(crew.status).not.toContainText('Last sync none yet', { timeout: 60_000 })
  await crew.goTo('Race day')
  await crew.find(String(runner?.bib))
  await expect(crew.person).toContainText(runner?.person.lastName ?? '?')
})
