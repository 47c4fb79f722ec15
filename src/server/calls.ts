import { mapEventIterator } from '@orpc/client'
import { OpenAPIHandler } from '@orpc/openapi/fastify'
import { RPCHandler } from '@orpc/server/fastify'
import { isAsyncIteratorObject } from '@orpc/shared'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { CallContext, Who } from '../app/context.ts'
import type { AppRouter } from '../app/router.ts'
import { AppError } from '../core/errors.ts'
import type { Log } from '../core/runtime.ts'
import { asCallError, errorBody } from './errors.ts'
import type { Gate } from './gate.ts'
import { openApiDocument } from './open-api.ts'
import { fromWire, toSnake, toWire } from './snake-case.ts'

export interface CallParts {
  readonly router: AppRouter
  readonly gate: Gate
  readonly version: string
  readonly log: Log
}

/** /api for everybody in snake_case, /rpc for our own pages. */
export function serveCalls(server: FastifyInstance, parts: CallParts): void {
  const { router, gate, log } = parts
  const api = new OpenAPIHandler<CallContext>(router, {
    clientInterceptors: [
      async ({ next, ...call }) => {
        const trouble = (error: unknown) => asCallError(error, log, toSnake)
        try {
          const output = await next({ ...call, input: fromWire(call.input) })
          if (!isAsyncIteratorObject(output)) return toWire(output)
          return mapEventIterator(output, {
            value: async event => toWire(event),
            error: async e => trouble(e),
          })
        } catch (error) {
          throw trouble(error)
        }
      },
    ],
    customErrorResponseBodyEncoder: error => errorBody(asCallError(error, log, toSnake)),
  })
  const rpc = new RPCHandler<CallContext>(router, {
    clientInterceptors: [
      async ({ next }) => {
        try {
          return await next()
        } catch (error) {
          throw asCallError(error, log)
        }
      },
    ],
  })

  // Who calls is known before a body is read.
  const whoOf = new WeakMap<FastifyRequest, Who>()
  const onRequest = async (request: FastifyRequest) => {
    whoOf.set(request, gate.whoOf(request))
  }
  const context = (request: FastifyRequest): CallContext => {
    const who = whoOf.get(request)
    if (who === undefined) throw new Error('a call without its caller')
    return { who }
  }

  let document: Promise<unknown> | null = null
  server.get('/api/openapi.json', { onRequest }, async (request, reply) => {
    if (context(request).who.displayId !== undefined)
      throw new AppError('auth.forbidden', "A display's address opens that display and nothing else.")
    document ??= openApiDocument(parts.version)
    return reply.header('cache-control', 'no-store').send(await document)
  })
  for (const [prefix, handler] of [
    ['/api', api],
    ['/rpc', rpc],
  ] as const) {
    server.all(`${prefix}/*`, { onRequest }, async (request, reply) => {
      reply.header('cache-control', 'no-store')
      const { matched } = await handler.handle(request, reply, { prefix, context: context(request) })
      if (!matched) {
        throw new AppError('not-found', `There is no ${request.method} ${request.url.split('?')[0]} here.`)
      }
    })
  }
}
