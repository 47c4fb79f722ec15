import { expect, type Page, type TestInfo } from 'playwright/test'
import { hardToRead } from './contrast.ts'
import { overflowing } from './overflow.ts'

const THEMES = ['light', 'dark', 'sun'] as const

/** What is on the screen, in every theme: a picture, nothing wider than its place, nothing hard to read. */
export async function legibleInEveryTheme(page: Page, info: TestInfo, name: string): Promise<void> {
  for (const theme of THEMES) {
    await page.evaluate(chosen => {
      document.documentElement.dataset.theme = chosen
      document.documentElement.dataset.mantineColorScheme = chosen === 'dark' ? 'dark' : 'light'
    }, theme)
    await page.screenshot({ path: info.outputPath(`${name}-${theme}.png`) })
    const where = `${name} in the ${theme} theme`
    expect(await overflowing(page), where).toEqual([])
    expect(await hardToRead(page, 4.5), where).toEqual([])
  }
}
