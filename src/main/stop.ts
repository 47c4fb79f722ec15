import { setTimeout as wait } from 'node:timers/promises'
import type { App } from 'electron'
import type { Log } from '../core/runtime.ts'

/** How long a page that is being written may take to its end. What is on disk by then is whole. */
const LIMIT_MS = 10_000

/** Before the process ends, once, stops what was started; never waits for ever. */
export function stopBeforeQuit(app: App, log: Log, stop: () => Promise<void>): void {
  let state: 'running' | 'stopping' | 'stopped' = 'running'
  app.on('before-quit', event => {
    if (state === 'stopped') return
    event.preventDefault()
    if (state === 'stopping') return
    state = 'stopping'
    const late = wait(LIMIT_MS, undefined, { ref: false }).then(() => {
      log.warn({ afterMs: LIMIT_MS }, 'stopping took too long; ending all the same')
    })
    Promise.race([stop(), late])
      .catch((error: unknown) => log.error({ err: error }, 'stopping failed'))
      .finally(() => {
        state = 'stopped'
        app.quit()
      })
  })
}
