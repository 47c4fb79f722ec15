import { join } from 'node:path'
import { createPlace } from '../../test/support/electron-here.ts'
import { electronDist, NO_ELECTRON } from '../../test/support/electron-stage.ts'

/** Takes README's picture: the real window, a practice race in it, somebody looked up who has finished. */
const dist = electronDist()
if (dist === null) throw new Error(NO_ELECTRON)
const place = createPlace(dist)
try {
  const { electron, page } = await place.launch()
  const opening = electron.waitForEvent('window', { timeout: 60_000 })
  await page.getByRole('button', { name: 'Practice race' }).click()
  const practice = await opening
  await electron.evaluate(({ BrowserWindow }) => {
    for (const window of BrowserWindow.getAllWindows()) window.setContentSize(1366, 768)
  })
  await practice.emulateMedia({ colorScheme: 'light' })
  await practice.getByText('finished', { exact: true }).waitFor()
  // The past comes first, as fast as a reader catches up; then the race is live.
  await practice.waitForTimeout(40_000)
  await practice.getByLabel('Bib, chip or name').fill('7518')
  await practice.keyboard.press('Enter')
  await practice
    .getByText(/^finished in/)
    .first()
    .waitFor()
  await practice.screenshot({ path: join(import.meta.dirname, 'race-day.png') })
  await electron.close()
} finally {
  place.remove()
}
