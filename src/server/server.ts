import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { App } from '../app/app.ts'
import { AppError } from '../core/errors.ts'
import type { Log, Service } from '../core/runtime.ts'
import { BODY_LIMIT, takeBodies } from './body.ts'
import { serveCalls } from './calls.ts'
import { asCallError, errorBody, withoutFastify } from './errors.ts'
import { createGate, hostInUrl } from './gate.ts'
import { isDisplayPath, servePages } from './pages.ts'
import { createSessions } from './sessions.ts'
import { serveSignIn } from './sign-in.ts'

export interface ServerParts {
  readonly app: Pick<App, 'router' | 'access'>
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  /** The built pages; null or a missing folder is said in words at /. */
  readonly rendererFolder: string | null
  readonly version: string
  readonly log: Log
  /** TRACKSIDE_TOKEN, when it is set. */
  readonly token?: string | undefined
  /** Serves displays and nothing else: no sign-in, no other page, no other caller. */
  readonly displaysOnly?: boolean
}

export interface Server extends Service {
  /** Without a slash at the end. After start. */
  address(): string
  /** Signs one browser in, once; another call makes another. After start. */
  signInAddress(): string
}

/** The app over HTTP: for clients, displays and browsers. */
export function createServer(parts: ServerParts): Server {
  const { app, host, log } = parts
  const sessions = createSessions(app.access)
  let running: FastifyInstance | null = null
  let taken = 0
  const port = () => taken

  function build(): FastifyInstance {
    const answer = (error: unknown, request: FastifyRequest, reply: FastifyReply): void => {
      const ours = asCallError(withoutFastify(error), log)
      if (ours.status === 401) reply.header('www-authenticate', 'Bearer')
      // Our own pages' client reads oRPC's form of an error.
      const body = request.url.startsWith('/rpc/') ? { json: ours.toJSON() } : errorBody(ours)
      reply.code(ours.status).type('application/json; charset=utf-8').send(JSON.stringify(body))
    }
    const server = fastify({
      bodyLimit: BODY_LIMIT,
      forceCloseConnections: true,
      exposeHeadRoutes: false,
      frameworkErrors: answer,
    })
    const gate = createGate({ access: app.access, sessions, host, port, displaysOnly: parts.displaysOnly })
    server.setErrorHandler(answer)
    server.addHook('onRequest', async (request, reply) => {
      reply.headers({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-resource-policy': 'same-origin',
      })
      gate.check(request)
    })
    takeBodies(server)
    serveCalls(server, { router: app.router, gate, version: parts.version, log })
    if (!parts.displaysOnly) serveSignIn(server, { gate, sessions, port })
    servePages(server, parts.rendererFolder, parts.displaysOnly ? isDisplayPath : () => true)
    return server
  }

  const address = () => {
    if (running === null) throw new Error('the server is not started')
    const everywhere = host === '0.0.0.0' || host === '::'
    return `http://${everywhere ? '127.0.0.1' : hostInUrl(host)}:${taken}`
  }

  return {
    async start() {
      const server = build()
      try {
        await server.listen({ host, port: parts.port })
      } catch (error) {
        await server.close()
        throw notListening(error, host, parts.port)
      }
      running = server
      const bound = server.server.address()
      taken = typeof bound === 'object' && bound !== null ? bound.port : parts.port
    },
    async stop() {
      const server = running
      running = null
      await server?.close()
    },
    address,
    signInAddress: () =>
      `${address()}/sign-in?code=${sessions.makeCode(app.access.managerToken(parts.token))}`,
  }
}

/** Why it cannot listen, in words. Anything else is thrown as it came. */
function notListening(error: unknown, host: string, port: number): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : ''
  if (code === 'EADDRINUSE') {
    return new AppError(
      'port.taken',
      `Port ${port} is taken by another program. Give another one with --port.`,
    )
  }
  if (code === 'EACCES') {
    return new AppError(
      'port.taken',
      `Port ${port} may not be opened by this user. Give one above 1023 with --port.`,
    )
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return new AppError(
      'input.invalid',
      `${host} is no address of this machine. Leave --host out for this machine only.`,
    )
  }
  return error
}
