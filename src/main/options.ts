import { resolve } from 'node:path'
import { parseArgs } from 'node:util'

export interface Options {
  /** Null: the system's own place for this user's data. */
  readonly data: string | null
  readonly timingPort: number
  readonly mylapsPort: number
}

/** The ports that readers expect: ChronoTrack's and MYLAPS'. */
const TIMING_PORT = 61_611
const MYLAPS_PORT = 3097

const portOf = (text: unknown, otherwise: number): number =>
  typeof text === 'string' && /^\d{1,5}$/.test(text) ? Number(text) : otherwise

/** Reads our words among those that Electron and Chromium take. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      data: { type: 'string' },
      'timing-port': { type: 'string' },
      'mylaps-port': { type: 'string' },
    },
    strict: false,
    allowPositionals: true,
  })
  const { data } = values
  return {
    data: typeof data === 'string' ? resolve(data) : null,
    timingPort: portOf(values['timing-port'], TIMING_PORT),
    mylapsPort: portOf(values['mylaps-port'], MYLAPS_PORT),
  }
}
