import { isIP } from 'node:net'
import pg from 'pg'
import { AppError } from '../../core/errors.ts'
import { connectionTrouble } from './connection-trouble.ts'

/** A session that hangs in a transaction holds the feed back for everybody. */
const SESSION = '-c idle_in_transaction_session_timeout=60000 -c search_path=trackside,public'

export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))

/** @throws AppError input.invalid */
function readUrl(text: string | undefined): URL {
  if (text === undefined || text.trim() === '')
    throw new AppError(
      'input.invalid',
      'Which database? --url postgres://USER:PASSWORD@HOST/DATABASE, or DATABASE_URL.',
    )
  const url = URL.parse(text.trim())
  if (url === null || !/^postgres(ql)?:$/.test(url.protocol) || url.hostname === '')
    throw new AppError(
      'input.invalid',
      'That is no address of a database: postgres://USER:PASSWORD@HOST:PORT/DATABASE.',
    )
  return url
}

/**
 * A client of a database, by its address. TLS with verification, against the system's authorities or `sslrootcert`;
 * plain only to this machine.
 * @throws AppError input.invalid, central.*
 */
export async function connectByUrl(text: string | undefined): Promise<pg.Client> {
  const url = readUrl(text)
  const plain = isLoopback(url.hostname) && !url.searchParams.has('sslmode')
  if (!plain) url.searchParams.set('sslmode', 'verify-full')
  return connected(
    new pg.Client({ connectionString: url.href, options: SESSION, connectionTimeoutMillis: 15_000 }),
    url.hostname,
  )
}

/** @throws AppError central.* */
async function connected(client: pg.Client, host: string): Promise<pg.Client> {
  // Without a listener a connection that breaks later would end the process; the next query says it.
  client.on('error', () => {})
  try {
    await client.connect()
    return client
  } catch (error) {
    await client.end().catch(() => undefined)
    throw connectionTrouble(error, host)
  }
}
