import { expect, type Locator, type Page } from 'playwright/test'
import type { RaceDay } from '../../src/rehearsal/race-day.ts'

/** What a crew does at the screen, by the names that the screen gives. */
export interface Crew {
  readonly status: Locator
  readonly person: Locator
  /** From the first step of the form to the first sync. */
  connect(day: RaceDay): Promise<void>
  syncNow(): Promise<void>
  goTo(screen: 'Race day' | 'Connections' | 'Results'): Promise<void>
  find(text: string): Promise<void>
}

export function crewAt(page: Page): Crew {
  const button = (name: string | RegExp): Locator => page.getByRole('button', { name })
  const crew: Crew = {
    status: page.getByLabel('Status', { exact: true }),
    person: page.getByLabel('Help desk').getByRole('article'),
    async connect(day) {
      const side = (provider: string): Locator =>
        page.locator('section').filter({ has: page.getByRole('heading', { name: provider }) })
      const fill = async (provider: string, values: Readonly<Record<string, string>>): Promise<void> => {
        for (const [label, value] of Object.entries(values)) {
          await side(provider).getByLabel(label).first().fill(value)
        }
      }
      await page.getByRole('radio', { name: 'RunSignUp' }).check()
      await page.getByRole('radio', { name: 'CTLive' }).check()
      await button('Next').click()
      await fill('RunSignUp', {
        'API key': day.keys.api_key,
        'API secret': day.keys.api_secret,
        Address: day.urls.runSignUp,
      })
      await fill('CTLive', {
        'Client id': day.login.client_id,
        Login: day.login.user_id,
        Password: day.login.password,
        Address: day.urls.ctlive,
      })
      await button('Test').click()
      await expect(page.getByText('Harbor Run').first()).toBeVisible()
      await button('Next').click()
      await button('Create connection').click()
      await button('Start first sync').click()
    },
    async syncNow() {
      await button(/^Sync now/)
        .first()
        .click()
    },
    async goTo(screen) {
      await page.getByLabel('Screens').getByRole('button', { name: screen }).click()
    },
    async find(text) {
      const box = page.getByLabel('Bib, chip or name', { exact: true })
      await box.fill(text)
      await box.press('Enter')
    },
  }
  return crew
}
