import { mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'
import type { Log } from '../core/runtime.ts'

/** Names under which keys travel. They are never logged on purpose; this is the second lock. */
const KEYS = [
  'api_key',
  'api_secret',
  'password',
  'passphrase',
  'token',
  'user_pass',
  'client_secret',
  'credentials',
]

export interface LogParts {
  /** The data folder: the log is in `trackside.log` there. Null: no file. */
  readonly folder: string | null
  /** What also goes to the standard error, a line of JSON an entry. */
  readonly stderr: 'everything' | 'errors'
}

/** A log that outlives the window: what went wrong at five in the morning is read at noon. */
export function createLog({ folder, stderr }: LogParts): Log {
  const streams: pino.StreamEntry[] = [
    { level: stderr === 'errors' ? 'error' : 'info', stream: pino.destination({ dest: 2, sync: true }) },
  ]
  if (folder !== null) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      const dest = openSync(join(folder, 'trackside.log'), 'a', 0o600)
      streams.push({ level: 'info', stream: pino.destination({ dest, sync: true }) })
    } catch {
      // A folder that cannot be written to is said by whoever opens the database there.
    }
  }
  const redact = { paths: KEYS.flatMap(key => [key, `*.${key}`]), censor: '(hidden)' }
  const timestamp = pino.stdTimeFunctions.isoTime
  const logger = pino({ base: null, redact, timestamp }, pino.multistream(streams))
  const write =
    (level: 'info' | 'warn' | 'error') =>
    (fields: Readonly<Record<string, unknown>>, message: string): void =>
      logger[level](fields, message)
  return { info: write('info'), warn: write('warn'), error: write('error') }
}
