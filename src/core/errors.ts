/** Every code a user or an HTTP client may meet. The part before the dot says whose matter it is. */
export const ERROR_CODES = [
  'input.invalid',
  'not-found',
  'auth.required',
  'auth.forbidden',
  'conflict',
  'cancelled',
  'network.unreachable',
  'network.timeout',
  'provider.keys-refused',
  'provider.forbidden',
  'provider.not-found',
  'provider.throttled',
  'provider.unavailable',
  'provider.unreadable',
  'provider.refused',
  'provider.unsupported',
  'provider.unconfirmed',
  'entry.invalid',
  'entry.bib-taken',
  'entry.no-race',
  'entry.differs',
  'mapping.missing',
  'mapping.refused',
  'participant.unreadable',
  'result.unreadable',
  'result.refused',
  'numbers.refused',
  'sync.needs-a-look',
  'sync.frozen',
  'sync.first-use',
  'sync.elsewhere',
  'store.newer',
  'store.damaged',
  'store.unwritable',
  'store.busy',
  'secrets.locked',
  'port.taken',
  'hub.failed',
  'central.unreachable',
  'central.refused',
  'central.certificate',
  'central.disabled',
  'central.no-schema',
  'central.older',
  'central.newer',
  'central.differs',
  'central.old-server',
  'central.full',
] as const

export type ErrorCode = (typeof ERROR_CODES)[number]

export interface AppErrorOptions {
  /** Whether the same call may succeed later without anybody changing anything. */
  readonly retriable?: boolean
  /** When to try again at the earliest, in ms from now (Retry-After). */
  readonly retryAfterMs?: number
  readonly details?: unknown
  readonly cause?: unknown
}

/** Trouble that is expected and can be said in words. A bug is any other error. */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly retriable: boolean
  readonly retryAfterMs: number | null
  readonly details: unknown

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'AppError'
    this.code = code
    this.retriable = options.retriable ?? false
    this.retryAfterMs = options.retryAfterMs ?? null
    this.details = options.details
  }
}

export const isAppError = (error: unknown): error is AppError => error instanceof AppError
