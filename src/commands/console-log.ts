import type { Log } from '../core/runtime.ts'

const plain = (value: unknown): unknown => (value instanceof Error ? (value.stack ?? value.message) : value)

/** A line of JSON an entry on the standard error, so that what is meant for people stays readable. */
export function createConsoleLog(parts: { readonly quiet?: boolean } = {}): Log {
  const write = (level: string) => (fields: Readonly<Record<string, unknown>>, message: string) => {
    const said = Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, plain(value)]))
    process.stderr.write(`${JSON.stringify({ level, at: new Date().toISOString(), message, ...said })}\n`)
  }
  const nothing = () => {}
  return {
    info: parts.quiet ? nothing : write('info'),
    warn: parts.quiet ? nothing : write('warn'),
    error: write('error'),
  }
}
