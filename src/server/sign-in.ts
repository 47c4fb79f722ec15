import { isObject } from '@orpc/shared'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { AppError } from '../core/errors.ts'
import { cookieName, type Gate } from './gate.ts'
import type { Sessions } from './sessions.ts'

export interface SignInParts {
  readonly gate: Gate
  readonly sessions: Sessions
  readonly port: () => number
}

/** A browser signs in once, by the printed address or with a token, and has a session cookie from then on. */
export function serveSignIn(server: FastifyInstance, { gate, sessions, port }: SignInParts): void {
  const setCookie = (reply: FastifyReply, value: string, rest = '') =>
    reply.header('set-cookie', `${cookieName(port())}=${value}; Path=/; HttpOnly; SameSite=Strict${rest}`)

  server.get<{ Querystring: { code?: string } }>(
    '/sign-in',
    { exposeHeadRoute: false },
    async ({ query }, reply) => {
      reply.header('cache-control', 'no-store')
      const session = sessions.redeem(String(query.code ?? ''))
      if (session !== null) return setCookie(reply, session).redirect('/', 303)
      // The same address again, by reload or history, in a browser that is signed in already.
      if (gate.sessionOf(reply.request) !== null) return reply.redirect('/', 303)
      return reply
        .code(401)
        .type('text/plain; charset=utf-8')
        .send(
          'This address was already used, or is from an earlier start: it signs one browser in, once.\n' +
            'Start the app again for a new one, or open / and give a token.\n',
        )
    },
  )
  server.post('/sign-in', async (request, reply) => {
    reply.header('cache-control', 'no-store')
    const { body } = request
    const isForm = body instanceof URLSearchParams || body instanceof FormData
    const token = isForm ? body.get('token') : isObject(body) ? body.token : undefined
    if (typeof token !== 'string') throw new AppError('input.invalid', 'token: give the token as text')
    const session = sessions.open(token.trim())
    if (session === null)
      throw new AppError('auth.required', 'This token is not known here, or was taken back.')
    return setCookie(reply, session).redirect('/', 303)
  })
  server.post('/sign-out', async (request, reply) => {
    const session = gate.sessionOf(request)
    if (session !== null) sessions.close(session)
    return setCookie(reply, '', '; Max-Age=0').redirect('/', 303)
  })
}
