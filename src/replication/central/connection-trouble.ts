import { AppError } from '../../core/errors.ts'
import { PEER_WORDS, type PeerKind } from '../peer-words.ts'

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''

const REFUSED: ReadonlySet<string> = new Set(['28000', '28P01', '42501'])
const FULL: ReadonlySet<string> = new Set(['53100', '53000', '58030'])
const BUSY: ReadonlySet<string> = new Set(['53300', '57P03', '57P01', '57P02'])
const UNREACHABLE: ReadonlySet<string> = new Set([
  ...[
    'ECONNREFUSED',
    'ECONNRESET',
    'EPIPE',
    'ETIMEDOUT',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'ENETDOWN',
    'EADDRNOTAVAIL',
  ],
  ...['EAI_AGAIN', '08000', '08001', '08003', '08004', '08006'],
])
const CERTIFICATE = /^(CERT_|ERR_TLS_CERT|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH)/

/** What a database or the way to it says, in words. Anything unknown is returned as it came. */
export function connectionTrouble(error: unknown, host: string, kind: PeerKind = 'central'): unknown {
  const { The, the } = PEER_WORDS[kind]
  if (error instanceof AppError) return error
  const code = codeOf(error)
  const message = error instanceof Error ? error.message : String(error)
  const options = { cause: error }
  const waits = { cause: error, retriable: true }
  if (REFUSED.has(code))
    return new AppError('central.refused', `${The} refuses this login: ${message}.`, options)
  if (code === '3D000')
    return new AppError('central.no-schema', `There is no such database at ${host}: ${message}.`, options)
  if (FULL.has(code))
    return new AppError('central.full', `The disk of ${the} is full. Everything stays here and waits.`, waits)
  if (BUSY.has(code))
    return new AppError('central.unreachable', `${The} takes nobody right now: ${message}.`, waits)
  if (code === 'ENOTFOUND')
    return new AppError(
      'central.unreachable',
      `Nobody knows the host ${host}. Is the network there, and is the name right?`,
      waits,
    )
  if (CERTIFICATE.test(code))
    return new AppError('central.certificate', certificateWords(code, message, host), options)
  if (message.includes('does not support SSL'))
    return new AppError(
      'central.certificate',
      `The database at ${host} speaks no TLS. Without it only this machine's own databases are used.`,
      options,
    )
  if (UNREACHABLE.has(code) || /timeout|terminated unexpectedly|not queryable/i.test(message))
    return new AppError('central.unreachable', `${The} at ${host} does not answer.`, waits)
  return error
}

function certificateWords(code: string, message: string, host: string): string {
  if (code === 'CERT_HAS_EXPIRED')
    return `The certificate of ${host} has expired. Whoever runs it must renew it.`
  if (code === 'CERT_NOT_YET_VALID')
    return `The certificate of ${host} is not valid yet. Is this computer's clock right?`
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID' || code === 'HOSTNAME_MISMATCH')
    return `The certificate at ${host} is of another host. Nothing was sent.`
  return `The certificate of ${host} is not one that this computer trusts (${message}). Nothing was sent.`
}
