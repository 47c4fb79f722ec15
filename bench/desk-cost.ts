import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { Page } from 'playwright'

/** CPU seconds: what two cores have to give, however many others want of them. */
export interface Cost {
  /** Of the process that runs the engine and serves the page. */
  readonly engine: number
  /** Of the page's main thread, all of it and in parts. */
  readonly page: number
  readonly scripts: number
  readonly layout: number
}

export const costSince = (before: Cost, now: Cost): Cost => ({
  engine: now.engine - before.engine,
  page: now.page - before.page,
  scripts: now.scripts - before.scripts,
  layout: now.layout - before.layout,
})

/** Asks engine and page for what they have used. */
export async function watchCost(page: Page, app: ChildProcess): Promise<() => Promise<Cost>> {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' })
  return async () => {
    const answered = once(app, 'message')
    app.send('cost')
    const [engine] = (await answered) as [number]
    const { metrics } = await devtools.send('Performance.getMetrics')
    const of = (name: string): number => metrics.find(metric => metric.name === name)?.value ?? Number.NaN
    return {
      engine,
      page: of('TaskDuration'),
      scripts: of('ScriptDuration'),
      layout: of('LayoutDuration') + of('RecalcStyleDuration'),
    }
  }
}
