import { vi } from 'vitest'

/** From here on a timer is for waiting until the other side has been silent for too long. */
const PATIENCE_MS = 10_000

export interface QuickTime {
  /** Whoever waits for the other side has waited long enough. */
  loseThePatience(): void
  restore(): void
}

/** Pauses between tries take no time, and patience ends when the test says so: on a slow machine too. */
export function quickTime(): QuickTime {
  const { setTimeout: set, clearTimeout: clear } = globalThis
  const patient = new Map<object, () => void>()
  const quick = (work: (...given: unknown[]) => void, ms = 0, ...given: unknown[]): unknown => {
    if (ms < PATIENCE_MS) return set(work, 0, ...given)
    const handle = { refresh: () => handle, ref: () => handle, unref: () => handle, hasRef: () => false }
    patient.set(handle, () => work(...given))
    return handle
  }
  vi.stubGlobal('setTimeout', Object.assign(quick, { __promisify__: set.__promisify__ }))
  vi.stubGlobal('clearTimeout', (handle?: object | number) => {
    if (typeof handle === 'object' && patient.delete(handle)) return
    clear(handle as Parameters<typeof clear>[0])
  })
  return {
    loseThePatience() {
      const waiting = [...patient.values()]
      patient.clear()
      for (const work of waiting) work()
    },
    restore: () => vi.unstubAllGlobals(),
  }
}
