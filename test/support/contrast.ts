import type { Page } from 'playwright/test'

/** Text on the screen that is harder to read than wanted: "3.1 “Walk-up” #5c6d7e on #eef1f4". */
export const hardToRead = (page: Page, atLeast: number): Promise<readonly string[]> =>
  page.evaluate(async least => {
    // What changes its colour is judged when it has changed it.
    const changing = document
      .getAnimations()
      .filter(one => one.effect?.getComputedTiming().endTime !== Infinity)
    await Promise.allSettled(changing.map(one => one.finished))
    type Colour = readonly [red: number, green: number, blue: number, alpha: number]
    const context = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
    if (context === null) throw new Error('no canvas')
    const colourOf = (css: string): Colour => {
      context.clearRect(0, 0, 1, 1)
      context.fillStyle = css
      context.fillRect(0, 0, 1, 1)
      const [red = 0, green = 0, blue = 0, alpha = 0] = context.getImageData(0, 0, 1, 1).data
      return [red, green, blue, alpha / 255]
    }
    const over = (front: Colour, back: Colour): Colour => {
      const mix = (a: number, b: number): number => a * front[3] + b * (1 - front[3])
      return [mix(front[0], back[0]), mix(front[1], back[1]), mix(front[2], back[2]), 1]
    }
    const behind = (element: Element | null): Colour => {
      if (element === null) return [255, 255, 255, 1]
      const own = colourOf(getComputedStyle(element).backgroundColor)
      return own[3] === 1 ? own : over(own, behind(element.parentElement))
    }
    const light = ([red, green, blue]: Colour): number => {
      const linear = [red, green, blue].map(part => {
        const share = part / 255
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
      })
      return 0.2126 * (linear[0] ?? 0) + 0.7152 * (linear[1] ?? 0) + 0.0722 * (linear[2] ?? 0)
    }
    const found = new Set<string>()
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let node = texts.nextNode(); node !== null; node = texts.nextNode()) {
      const text = node.textContent?.trim() ?? ''
      const element = node.parentElement
      if (text === '' || element === null || !element.checkVisibility()) continue
      const box = element.getBoundingClientRect()
      const style = getComputedStyle(element)
      if (box.width < 2 || box.height < 2 || style.clipPath !== 'none') continue
      const back = behind(element)
      let front = colourOf(style.color)
      for (let up: Element | null = element; up !== null; up = up.parentElement)
        front = [front[0], front[1], front[2], front[3] * Number(getComputedStyle(up).opacity)]
      const [a, b] = [light(over(front, back)), light(back)]
      const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
      if (contrast < least) found.add(`${contrast.toFixed(1)} “${text}” ${style.color}`)
    }
    return [...found]
  }, atLeast)
