import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import files from '@fastify/static'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { contentPolicy, withNonce } from '../app/page-policy.ts'
import { AppError } from '../core/errors.ts'

export const NOT_BUILT =
  'The pages of Trackside are not built yet. In its folder run: npm run build\nThe HTTP API under /api works without them.\n'

/** A display's page: /d/ABCD2345. */
export const isDisplayPath = (path: string): boolean => /^\/d\/[^/]+\/?$/.test(path)

/** The app's pages; whoever is not signed in gets them as well, and the page asks. Null: said in words. */
export function servePages(
  server: FastifyInstance,
  folder: string | null,
  isPage: (path: string) => boolean,
): void {
  const index = folder === null ? null : join(folder, 'index.html')
  const page = async (reply: FastifyReply): Promise<FastifyReply> => {
    reply.header('cache-control', 'no-store')
    if (index === null || !existsSync(index)) {
      return reply
        .code(503)
        .header('content-security-policy', "default-src 'none'; frame-ancestors 'none'")
        .type('text/plain; charset=utf-8')
        .send(NOT_BUILT)
    }
    const nonce = randomBytes(16).toString('base64')
    const html = await readFile(index, 'utf8')
    return reply
      .header('content-security-policy', contentPolicy(nonce, 'self'))
      .type('text/html; charset=utf-8')
      .send(
        withNonce(html, nonce)
          // The same page answers below other paths too.
          .replaceAll('"./assets/', '"/assets/'),
      )
  }
  for (const path of ['/', '/index.html'].filter(isPage)) server.get(path, (_, reply) => page(reply))
  if (folder !== null && existsSync(folder)) {
    server.register(files, {
      root: folder,
      index: false,
      // What is not a page of this door is not a file of it either.
      allowedPath: path => path !== '/index.html' || isPage(path),
      // The bundler names what is in assets by content.
      setHeaders: (response, path) => {
        const hashed = /[\\/]assets[\\/]/.test(path)
        response.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache')
      },
    })
  }
  server.setNotFoundHandler(async (request, reply) => {
    const path = request.url.split('?')[0] ?? '/'
    const asksForPage = request.method === 'GET' && isPage(path) && !/^\/(api|rpc|assets)(\/|$)/.test(path)
    if (asksForPage) return page(reply)
    throw new AppError('not-found', `There is no ${request.method} ${path} here.`)
  })
}
