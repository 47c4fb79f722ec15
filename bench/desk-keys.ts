import type { Page } from 'playwright'

/** What a key is to bring about, as the page shows it. */
export interface Wanted {
  readonly what: 'person' | 'matches' | 'question' | 'decision'
  /** CSS. */
  readonly at: string
  readonly text: string
  /** It is to be gone. */
  readonly gone?: boolean
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
  want(wanted: Wanted): void
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
  const met = ({ at, text, gone = false }: Wanted): boolean =>
    [...document.querySelectorAll(at)].some(element => (element.textContent ?? '').includes(text)) !== gone
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
      if (met(next)) throw new Error(`${JSON.stringify(next)} is there before the key`)
      wanted = next
    },
  }
}

/** A crew's hands: keys only. */
export interface Hands {
  type(text: string): Promise<void>
  /** One key; waits until the page shows what is wanted of it. */
  press(key: string, wanted?: Wanted): Promise<void>
  /** On which place of the matches somebody stands who is told by a text; null: nowhere. */
  placeOf(text: string): Promise<number | null>
}

const BETWEEN_KEYS_MS = 25
const PATIENCE_MS = 3000

export const handsAt = (page: Page): Hands => ({
  type: text => page.keyboard.type(text, { delay: BETWEEN_KEYS_MS }),
  async press(key, wanted) {
    if (wanted === undefined) return page.keyboard.press(key)
    await page.evaluate(want => window.deskKeys.want(want), wanted)
    await page.keyboard.press(key)
    await page.waitForFunction(() => window.deskKeys.pressed.at(-1)?.answered !== null, null, {
      polling: 10,
      timeout: PATIENCE_MS,
    })
  },
  async placeOf(text) {
    const rows = await page.getByRole('option').allTextContents()
    const place = rows.findIndex(row => row.includes(text))
    return place < 0 ? null : place
  },
})
