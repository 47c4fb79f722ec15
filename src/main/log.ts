import type { Log } from '../core/runtime.ts'

const plain = (value: unknown): unknown => (value instanceof Error ? (value.stack ?? value.message) : value)

/** One line of JSON an entry, on the standard error. */
const write =
  (level: 'info' | 'warn' | 'error') =>
  (fields: Readonly<Record<string, unknown>>, message: string): void => {
    const said = Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, plain(value)]))
    process.stderr.write(`${JSON.stringify({ level, at: new Date().toISOString(), message, ...said })}\n`)
  }

export const log: Log = { info: write('info'), warn: write('warn'), error: write('error') }
