import { isIP } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import pg from 'pg'
import { AppError, isAppError } from '../../core/errors.ts'
import type { Login } from '../connection-code.ts'
import type { PeerKind } from '../peer-words.ts'
import { connectionTrouble } from './connection-trouble.ts'
import { serverCertificate } from './server-certificate.ts'

/** A session that hangs in a transaction holds the feed back for everybody. */
const SESSION = '-c idle_in_transaction_session_timeout=60000 -c search_path=trackside,public'
const TIMEOUT_MS = 15_000

/** This machine itself: nobody is on the way to it. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))

/** Null: plain. */
async function securityOf(login: Login, host: string): Promise<ConnectionOptions | null> {
  const { trust, port } = login
  if (trust.kind === 'system') return isLoopback(host) ? null : { rejectUnauthorized: true }
  if (trust.kind === 'authority') return { rejectUnauthorized: true, ca: trust.pem }
  const shown = await serverCertificate(host, port, TIMEOUT_MS)
  if (shown.sha256 !== trust.sha256)
    throw new AppError(
      'central.certificate',
      `What answers at ${host} is not the database of the connection code: its certificate is another. Nothing was sent.`,
    )
  // This one and no other: whatever name it says.
  return { rejectUnauthorized: true, ca: shown.pem, checkServerIdentity: () => undefined }
}

async function connectHost(login: Login, host: string, kind: PeerKind): Promise<pg.Client> {
  let client: pg.Client | null = null
  try {
    const security = await securityOf(login, host)
    const { port, database, user, password } = login
    client = new pg.Client({
      ...{ host, port, database, user, password, options: SESSION, connectionTimeoutMillis: TIMEOUT_MS },
      ...{ application_name: 'trackside', ssl: security ?? false, keepAlive: true },
    })
    // Without a listener a connection that breaks later would end the process; the next query says it.
    client.on('error', () => {})
    await client.connect()
    return client
  } catch (error) {
    await client?.end().catch(() => undefined)
    throw connectionTrouble(error, host, kind)
  }
}

/**
 * A client of a database: TLS with verification, plain only to this machine. Of several hosts the first that is there.
 * @throws AppError central.unreachable, central.refused, central.certificate, central.no-schema, central.full
 */
export async function connectLogin(login: Login, kind: PeerKind = 'central'): Promise<pg.Client> {
  let last: unknown = new AppError('central.unreachable', 'The database has no address.')
  for (const host of login.hosts) {
    try {
      return await connectHost(login, host, kind)
    } catch (error) {
      last = error
      // Another address of it may answer; what has answered has said all there is to say. But a laptop's address on a LAN
      // is another's tomorrow: who shows another certificate than the pinned one is not asked for anything.
      const isOther =
        isAppError(error) && error.code === 'central.certificate' && login.trust.kind === 'fingerprint'
      if (!isOther && (!isAppError(error) || error.code !== 'central.unreachable')) throw error
    }
  }
  throw last
}

const NO_ADDRESS =
  'That is no address of a database: postgres://USER:PASSWORD@HOST:PORT/DATABASE. Signs in a name or password are written in percent: @ is %40, : %3A, / %2F, # %23, ? %3F, % %25.'

/** @throws AppError input.invalid */
export function loginOfUrl(text: string | undefined): Login {
  if (text === undefined || text.trim() === '')
    throw new AppError(
      'input.invalid',
      'Which database? --url postgres://USER:PASSWORD@HOST/DATABASE, or DATABASE_URL.',
    )
  const url = URL.parse(text.trim())
  if (url === null || !/^postgres(ql)?:$/.test(url.protocol) || url.hostname === '' || url.hash !== '')
    throw new AppError('input.invalid', NO_ADDRESS)
  const written = (part: string): string => {
    try {
      return decodeURIComponent(part)
    } catch (cause) {
      throw new AppError('input.invalid', NO_ADDRESS, { cause })
    }
  }
  return {
    hosts: [url.hostname.replace(/^\[(.*)\]$/, '$1')],
    port: Number(url.port || 5432),
    database: written(url.pathname.slice(1)) || 'postgres',
    user: written(url.username),
    password: written(url.password),
    trust: { kind: 'system' },
  }
}

/** @throws AppError input.invalid, central.* */
export const connectByUrl = async (text: string | undefined): Promise<pg.Client> =>
  connectLogin(loginOfUrl(text))
