import { ORPCError } from '@orpc/server'
import { isObject } from '@orpc/shared'
import { type CallErrorData, toORPCError } from '../app/call-errors.ts'
import { AppError, type ErrorCode, isAppError } from '../core/errors.ts'
import type { Log } from '../core/runtime.ts'

/** What an HTTP client reads of any trouble. */
export interface ErrorBody {
  readonly error: {
    readonly code: ErrorCode | 'internal'
    readonly message: string
    readonly details?: unknown
  }
}

type OurError = ORPCError<string, CallErrorData>

const isOurs = (error: unknown): error is OurError =>
  error instanceof ORPCError && isObject(error.data) && error.data.code === error.code

interface Issue {
  readonly field: string
  readonly message: string
}

/** One issue of a schema; its path in the names the caller used. */
function issueOf(issue: unknown, rename: (name: string) => string): Issue {
  const { path, message } = isObject(issue) ? issue : {}
  const segments = (Array.isArray(path) ? path : []).map(part => {
    const key = isObject(part) ? part.key : part
    return typeof key === 'string' ? rename(key) : String(key)
  })
  return { field: segments.join('.'), message: String(message) }
}

function refusedInput(issues: readonly unknown[], rename: (name: string) => string): AppError {
  const listed = issues.map(issue => issueOf(issue, rename))
  const [first] = listed
  const more = listed.length > 1 ? ` (${listed.length - 1} more in details)` : ''
  const where = first?.field ? `${first.field}: ` : 'The body does not fit: '
  return new AppError('input.invalid', `${where}${first?.message ?? 'it does not fit'}${more}`, {
    details: { issues: listed },
  })
}

/** oRPC's own refusals: a body it cannot read, a method that does not fit. */
function codeOfStatus(status: number): ErrorCode {
  switch (status) {
    case 401:
      return 'auth.required'
    case 403:
      return 'auth.forbidden'
    case 404:
      return 'not-found'
    case 409:
      return 'conflict'
    default:
      return 'input.invalid'
  }
}

/** The bug itself is for the log; the caller learns that there was one. */
function internal(error: unknown, log: Log): OurError {
  const cause = error instanceof ORPCError ? (error.cause ?? error) : error
  const issues = isObject(cause) || cause instanceof Error ? Reflect.get(cause, 'issues') : undefined
  log.error({ err: cause, ...(issues === undefined ? {} : { issues }) }, 'a call failed by a bug')
  return new ORPCError('internal', {
    status: 500,
    message: 'Something went wrong inside Trackside. It is in the log; nothing was left half done.',
    data: { code: 'internal', retriable: false },
  })
}

/** Anything a call may throw, in the shape all doors of the server answer with. */
export function asCallError(
  error: unknown,
  log: Log,
  rename: (name: string) => string = name => name,
): OurError {
  if (isOurs(error)) return error
  if (isAppError(error)) return toORPCError(error)
  if (!(error instanceof ORPCError) || error.status >= 500) return internal(error, log)
  const issues = isObject(error.data) ? error.data.issues : undefined
  if (error.status === 400 && Array.isArray(issues)) return toORPCError(refusedInput(issues, rename))
  return new ORPCError(codeOfStatus(error.status), {
    status: error.status,
    message: error.message,
    data: { code: codeOfStatus(error.status), retriable: false },
  })
}

export const errorBody = (error: OurError): ErrorBody => ({
  error: {
    code: error.data.code,
    message: error.message,
    ...(error.data.details === undefined ? {} : { details: error.data.details }),
  },
})

/** What the HTTP framework refuses by itself, in our words; everything else as it came. */
export function withoutFastify(error: unknown): unknown {
  if (!(error instanceof Error) || isAppError(error) || error instanceof ORPCError) return error
  const { code, statusCode } = error as Error & { readonly code?: unknown; readonly statusCode?: unknown }
  const refused = (status: number, message: string) =>
    new ORPCError(codeOfStatus(status), {
      status,
      message,
      data: { code: codeOfStatus(status), retriable: false },
    })
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return refused(413, 'The body is larger than the 64 MB that are taken at once: send the file in parts.')
  }
  const isTheirs = typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500
  return isTheirs ? refused(statusCode, error.message) : error
}
