import type { Page } from 'playwright/test'

/** What is wider than its place without a way to scroll to it, dialogs too: "div.panel 620 of 600". */
export const overflowing = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => {
    const found = [...document.querySelectorAll<HTMLElement>('body *')]
      .filter(element => element.checkVisibility() && element.clientWidth > 0 && !element.closest('svg'))
      // The thumb of a switch is placed in its track, and there is nothing to read.
      .filter(element => !element.matches('.mantine-Switch-track'))
      // What gives way with an ellipsis is whole in its tooltip.
      .filter(element => element.title === '' || getComputedStyle(element).textOverflow !== 'ellipsis')
      .filter(element => element.scrollWidth > element.clientWidth + 1)
      .filter(element => !['auto', 'scroll'].includes(getComputedStyle(element).overflowX))
      .map(
        element => `${element.className || element.tagName} ${element.scrollWidth} of ${element.clientWidth}`,
      )
    const page = document.documentElement
    return page.scrollWidth > window.innerWidth ? [`page ${page.scrollWidth}`, ...found] : found
  })
