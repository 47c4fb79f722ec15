import type { Page } from 'playwright'

/** What a key is to bring about, as the page shows it. */
export interface Wanted {
  readonly what: 'person' | 'matches' | 'question' | 'decision'
  /** CSS. */
  readonly at: string
  readonly text: string
  /** The text is all there is. */
  readonly whole?: boolean
}

/** One key, ms since it was pressed. */
export interface Pressed {
  readonly key: string
  /** On the page's clock. */
  readonly at: number
  readonly what: Wanted['what'] | null
  /** The frame with the letter in its field; null where the key types none. */
  painted: number | null
  /** The frame with what was wanted of it; null where nothing was. */
  answered: number | null
}

interface Watch {
  readonly pressed: Pressed[]
  /** What the browser itself reports of a key to the next paint, where it is 16 ms or longer. */
  readonly slow: number[]
  /** What the next key is to bring about; false while it is there already. */
  want(wanted: Wanted): boolean
}

declare global {
  interface Window {
    deskKeys: Watch
  }
}

/** Runs in the page, before anything of it. */
export function watchKeys(): void {
  const pressed: Pressed[] = []
  const slow: number[] = []
  let wanted: Wanted | null = null
  // What a frame's callback sees is what that frame paints; the task after it comes when it is painted.
  const afterPaint = (then: (now: number) => void): void => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => then(performance.now())
    port2.postMessage(null)
  }
  const met = ({ at, text, whole = false }: Wanted): boolean =>
    [...document.querySelectorAll(at)].some(({ textContent }) =>
      whole ? textContent === text : (textContent ?? '').includes(text),
    )
  const onKey = (event: KeyboardEvent): void => {
    const { key, timeStamp: at } = event
    if (key === 'Control' || key === 'Alt') return
    const want = wanted
    const mine: Pressed = { key, at, what: want?.what ?? null, painted: null, answered: null }
    pressed.push(mine)
    wanted = null
    if (want === null) return
    const look = (): void => {
      if (met(want)) afterPaint(now => (mine.answered = now - at))
      else requestAnimationFrame(look)
    }
    requestAnimationFrame(look)
  }
  const onInput = ({ target }: Event): void => {
    const key = pressed.at(-1)
    if (!(target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement)) return
    if (key === undefined || key.key.length > 1) return
    const typed = target.value
    requestAnimationFrame(() => {
      if (target.value.startsWith(typed)) afterPaint(now => (key.painted = now - key.at))
    })
  }
  window.addEventListener('keydown', onKey, true)
  window.addEventListener('input', onInput, true)
  new PerformanceObserver(list => {
    for (const entry of list.getEntries()) if (entry.name === 'keydown') slow.push(entry.duration)
  }).observe({ type: 'event', durationThreshold: 16 } as PerformanceObserverInit)
  window.deskKeys = {
    pressed,
    slow,
    want(next) {
      if (met(next)) return false
      wanted = next
      return true
    },
  }
}

/** A crew's hands: keys only. */
export interface Hands {
  type(text: string): Promise<void>
  /** One key; waits until the page shows what is wanted of it. */
  press(key: string, wanted?: Wanted): Promise<void>
  /** On which place of the matches somebody with a bib stands. */
  placeOf(bib: string): Promise<number>
}

const BETWEEN_KEYS_MS = 25
const PATIENCE_MS = 3000

export const handsAt = (page: Page): Hands => ({
  type: text => page.keyboard.type(text, { delay: BETWEEN_KEYS_MS }),
  async press(key, wanted) {
    if (wanted === undefined) return page.keyboard.press(key)
    const { text, at } = wanted
    const waiting = { polling: 10, timeout: PATIENCE_MS }
    // A list of fewer letters may still be on the screen.
    await page
      .waitForFunction(want => window.deskKeys.want(want), wanted, waiting)
      .catch(cause => {
        throw new Error(`“${text}” is in ${at} before ${key}`, { cause })
      })
    await page.keyboard.press(key)
    const answered = (): boolean => window.deskKeys.pressed.at(-1)?.answered !== null
    await page.waitForFunction(answered, null, waiting).catch(cause => {
      throw new Error(`${PATIENCE_MS} ms after ${key} no “${text}” in ${at}`, { cause })
    })
  },
  async placeOf(bib) {
    const bibs = await page.locator('[role="option"] b').allTextContents()
    if (!bibs.includes(bib)) throw new Error(`${bib} was found, and is no longer among ${bibs.join(', ')}`)
    return bibs.indexOf(bib)
  },
})
