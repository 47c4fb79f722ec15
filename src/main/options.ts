import { resolve } from 'node:path'
import { parseArgs } from 'node:util'

export interface Options {
  /** Null: the system's own place for this user's data. */
  readonly data: string | null
  readonly timingPort: number
}

/** 61611 is the port that readers expect. */
const TIMING_PORT = 61_611

/** Reads our words among those that Electron and Chromium take. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: { data: { type: 'string' }, 'timing-port': { type: 'string' } },
    strict: false,
    allowPositionals: true,
  })
  const { data, 'timing-port': port } = values
  return {
    data: typeof data === 'string' ? resolve(data) : null,
    timingPort: typeof port === 'string' && /^\d{1,5}$/.test(port) ? Number(port) : TIMING_PORT,
  }
}
