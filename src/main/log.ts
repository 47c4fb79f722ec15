import type { Log } from '../core/runtime.ts'

/** One line of JSON an entry, on the standard error. */
const write =
  (level: 'info' | 'warn' | 'error') =>
  (fields: Readonly<Record<string, unknown>>, message: string): void => {
    process.stderr.write(`${JSON.stringify({ level, at: new Date().toISOString(), message, ...fields })}\n`)
  }

export const log: Log = { info: write('info'), warn: write('warn'), error: write('error') }
