import { ORPCError } from '@orpc/server'
import type { AppError, ErrorCode } from '../core/errors.ts'

/** What every door says of expected trouble, beside the message. */
export interface CallErrorData {
  readonly code: ErrorCode | 'internal'
  readonly details?: unknown
  readonly retriable: boolean
  readonly retryAfterMs?: number
}

/** HTTP's word for each code. A provider that refuses its keys is 422: the caller's own token was fine. */
const STATUS: Readonly<Record<ErrorCode, number>> = {
  'input.invalid': 400,
  'not-found': 404,
  'auth.required': 401,
  'auth.forbidden': 403,
  conflict: 409,
  cancelled: 409,
  'network.unreachable': 502,
  'network.timeout': 504,
  'provider.keys-refused': 422,
  'provider.forbidden': 422,
  'provider.not-found': 404,
  'provider.throttled': 429,
  'provider.unavailable': 502,
  'provider.unreadable': 502,
  'provider.refused': 422,
  'provider.unsupported': 422,
  'provider.unconfirmed': 422,
  'entry.invalid': 422,
  'entry.bib-taken': 422,
  'entry.no-race': 422,
  'entry.differs': 422,
  'mapping.missing': 422,
  'mapping.refused': 422,
  'participant.unreadable': 422,
  'result.unreadable': 422,
  'result.refused': 422,
  'numbers.refused': 422,
  'sync.needs-a-look': 409,
  'sync.frozen': 409,
  'sync.first-use': 409,
  'sync.elsewhere': 409,
  'store.newer': 500,
  'store.damaged': 500,
  'store.unwritable': 500,
  'store.busy': 503,
  'secrets.locked': 423,
  'port.taken': 409,
  'hub.failed': 422,
  'central.unreachable': 502,
  'central.refused': 422,
  'central.certificate': 422,
  'central.disabled': 422,
  'central.no-schema': 422,
  'central.older': 503,
  'central.newer': 422,
  'central.differs': 422,
  'central.old-server': 422,
  'central.full': 503,
}

export const statusOf = (code: ErrorCode): number => STATUS[code]

/** Expected trouble as the contract's callers get it: our code, our message, a fitting status. */
export function toORPCError(error: AppError): ORPCError<string, CallErrorData> {
  return new ORPCError(error.code, {
    status: statusOf(error.code),
    message: error.message,
    cause: error,
    data: {
      code: error.code,
      retriable: error.retriable,
      ...(error.details === undefined ? {} : { details: error.details }),
      ...(error.retryAfterMs === null ? {} : { retryAfterMs: error.retryAfterMs }),
    },
  })
}
