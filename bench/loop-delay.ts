import { monitorEventLoopDelay } from 'node:perf_hooks'
import { round } from './measure.ts'

const RESOLUTION_MS = 5

/** How long the event loop of this process was held, since now. What held it last is told after a turn of it only. */
export function watchLoop(): { said(): string } {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delay.enable()
  return {
    said() {
      delay.disable()
      const over = (ns: number): number => round(Math.max(0, ns / 1e6 - RESOLUTION_MS))
      return `event loop p99 ${over(delay.percentile(99))} ms, max ${over(delay.max)} ms`
    },
  }
}
