import { expect, type Page } from 'playwright/test'
import { hardToRead } from './contrast.ts'
import { overflowing } from './overflow.ts'

/** In the sun more is needed. */
const THEMES = [
  { theme: 'light', contrast: 4.5 },
  { theme: 'dark', contrast: 4.5 },
  { theme: 'sun', contrast: 7 },
] as const

/** What is on the screen, in every theme: nothing wider than its place, nothing hard to read; a picture where one is wanted. */
export async function legibleInEveryTheme(page: Page, name: string): Promise<void> {
  const folder = process.env.TRACKSIDE_PICTURES
  for (const { theme, contrast } of THEMES) {
    await page.evaluate(chosen => {
      document.documentElement.dataset.theme = chosen
      document.documentElement.dataset.mantineColorScheme = chosen === 'dark' ? 'dark' : 'light'
    }, theme)
    if (folder) await page.screenshot({ path: `${folder}/${name}-${theme}.png` })
    const where = `${name} in the ${theme} theme`
    expect(await overflowing(page), where).toEqual([])
    expect(await hardToRead(page, contrast), where).toEqual([])
  }
}
