import type { FastifyRequest } from 'fastify'
import type { Access } from '../app/access.ts'
import type { Who } from '../app/context.ts'
import { AppError } from '../core/errors.ts'
import type { Sessions } from './sessions.ts'

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '::1'])

export const isLoopback = (host: string): boolean => LOOPBACK.has(host.replace(/^\[|\]$/g, ''))

/** A host as it stands in an address: IPv6 in brackets. */
export const hostInUrl = (host: string): string => (host.includes(':') ? `[${host}]` : host)

/** Cookies are not kept apart by port: a practice race beside the app needs a name of its own. */
export const cookieName = (port: number): string => `trackside_${port}`

export interface GateParts {
  readonly access: Pick<Access, 'find'>
  readonly sessions: Sessions
  readonly host: string
  /** Known once it listens. */
  readonly port: () => number
  /** Only displays are answered, by their addresses. */
  readonly displaysOnly?: boolean | undefined
}

export interface Gate {
  /** @throws AppError auth.forbidden for a page of somebody else's, or a name that was bent to this machine */
  check(request: FastifyRequest): void
  /** @throws AppError auth.required */
  whoOf(request: FastifyRequest): Who
  /** Null where the browser has none, or one that is over. */
  sessionOf(request: FastifyRequest): string | null
}

export function createGate(parts: GateParts): Gate {
  const cookie = (request: FastifyRequest): string | null => {
    const name = `${cookieName(parts.port())}=`
    const found = (request.headers.cookie ?? '').split(/;\s*/).find(pair => pair.startsWith(name))
    return found?.slice(name.length) ?? null
  }
  const isOurHost = (header: string | undefined): boolean => {
    if (header === undefined) return false
    if (!isLoopback(parts.host)) return true
    const names = [...LOOPBACK, parts.host.replace(/^\[|\]$/g, '')].map(hostInUrl)
    const port = parts.port()
    return names.some(name => header === `${name}:${port}` || (port === 80 && header === name))
  }
  const sessionOf = (request: FastifyRequest): string | null => {
    const id = cookie(request)
    return id !== null && parts.sessions.find(id) !== null ? id : null
  }
  return {
    check(request) {
      const { host, origin } = request.headers
      if (!isOurHost(host)) {
        throw new AppError('auth.forbidden', `This app does not answer as ${host ?? 'a nameless host'}.`)
      }
      if (origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== host)) {
        throw new AppError('auth.forbidden', `Pages of ${origin} may not call this app.`)
      }
    },
    whoOf(request) {
      const bearer = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
      if (bearer !== undefined) {
        const who = parts.access.find(bearer)
        if (who === null)
          throw new AppError('auth.required', 'This token is not known here, or was taken back.')
        if (parts.displaysOnly && who.displayId === undefined)
          throw new AppError('auth.forbidden', 'Only displays are reached from here.')
        return who
      }
      const session = cookie(request)
      const who = session === null ? null : parts.sessions.find(session)
      if (who !== null) return who
      throw new AppError(
        'auth.required',
        session === null
          ? 'Sign in first: send “Authorization: Bearer <token>”, or open the address that the app printed.'
          : 'The session is over: open the address that the app printed, or give a token.',
      )
    },
    sessionOf,
  }
}
