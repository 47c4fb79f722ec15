import { createHash } from 'node:crypto'
import { AppError } from '../core/errors.ts'
import type { PeerKind } from './peer-words.ts'

/** Whom a laptop believes that it speaks with the right database. */
export type Trust =
  /** The computer's own authorities, and the host's name in the certificate. */
  | { readonly kind: 'system' }
  /** This authority (PEM), and the host's name in the certificate. */
  | { readonly kind: 'authority'; readonly pem: string }
  /** This very certificate: SHA-256, 64 hex digits. Whatever name it says. */
  | { readonly kind: 'fingerprint'; readonly sha256: string }

/** Where a database is, and who may go in. */
export interface Login {
  /** One or more names or addresses of one database, the likeliest first. */
  readonly hosts: readonly string[]
  readonly port: number
  readonly database: string
  readonly user: string
  readonly password: string
  readonly trust: Trust
}

export interface ConnectionCode {
  readonly kind: PeerKind
  /** As screens show it: the company's, a laptop's name. */
  readonly name: string
  readonly login: Login
  /** Ms; not to be redeemed after it. Null: never ends. */
  readonly expiresAt: number | null
}

const PREFIX = 'trackside1'
/** Of the checksum: 40 bits find any typo. */
const SUM_LENGTH = 8

const sumOf = (body: string): string =>
  createHash('sha256').update(body).digest('base64url').replaceAll(/[-_]/g, 'x').slice(0, SUM_LENGTH)

const trustParts = (trust: Trust): readonly [string, string] => {
  if (trust.kind === 'system') return ['s', '']
  return trust.kind === 'authority' ? ['a', trust.pem] : ['f', trust.sha256]
}

/** One text without spaces, to be copied whole. It holds a password: whoever has it may go in, once. */
export function formatConnectionCode({ kind, name, login, expiresAt }: ConnectionCode): string {
  const { hosts, port, database, user, password, trust } = login
  const content = [kind, name, hosts, port, database, user, password, ...trustParts(trust), expiresAt]
  const body = Buffer.from(JSON.stringify(content)).toString('base64url')
  return `${PREFIX}.${body}.${sumOf(body)}`
}

const wrong = (why: string): AppError =>
  new AppError('input.invalid', `${why} Copy the whole code and try again.`)

const isText = (value: unknown): value is string => typeof value === 'string'

function trustOf(kind: unknown, said: unknown): Trust | null {
  if (kind === 's') return { kind: 'system' }
  if (!isText(said)) return null
  if (kind === 'a') return { kind: 'authority', pem: said }
  return kind === 'f' && /^[0-9a-f]{64}$/.test(said) ? { kind: 'fingerprint', sha256: said } : null
}

/** Line breaks and spaces that mail programs add do no harm. @throws AppError input.invalid, saying what is wrong with it */
export function parseConnectionCode(text: string): ConnectionCode {
  const code = text.replaceAll(/\s/g, '')
  const [prefix, body, sum, ...more] = code.split('.')
  if (prefix === undefined || !prefix.startsWith('trackside') || body === undefined)
    throw wrong('This is no connection code: one begins with “trackside”.')
  if (prefix !== PREFIX)
    throw new AppError(
      'input.invalid',
      'This connection code was made by a newer Trackside. Update this one.',
    )
  if (sum === undefined || sum.length < SUM_LENGTH) throw wrong('The end of the connection code is missing.')
  if (more.length > 0 || sumOf(body) !== sum)
    throw wrong('A character of the connection code is wrong, missing or too many.')
  const content: unknown = JSON.parse(Buffer.from(body, 'base64url').toString())
  if (!Array.isArray(content)) throw wrong('The connection code says nothing.')
  const [kind, name, hosts, port, database, user, password, trustKind, trustSaid, expiresAt] = content
  const trust = trustOf(trustKind, trustSaid)
  const isWhole =
    (kind === 'central' || kind === 'hub') &&
    Array.isArray(hosts) &&
    hosts.length > 0 &&
    [...hosts, name, database, user, password].every(isText) &&
    Number.isInteger(port) &&
    trust !== null &&
    (expiresAt === null || typeof expiresAt === 'number')
  if (!isWhole) throw wrong('The connection code is not whole.')
  return { kind, name, login: { hosts, port, database, user, password, trust }, expiresAt }
}
