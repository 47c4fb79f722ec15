import { onTestFinished } from 'vitest'
import type { Log } from '../../src/core/runtime.ts'
import { createServer, type Server } from '../../src/server/server.ts'
import { createSmallRouter, createTokens } from './small-router.ts'

export interface Door {
  readonly server: Server
  readonly url: string
  readonly logged: unknown[]
  readonly seen: { imported: unknown[]; ended: number }
  readonly tokens: ReturnType<typeof createTokens>
  /** As this token, or as nobody. */
  ask(path: string, init?: RequestInit, token?: string | null): Promise<Response>
}

/** A server on a free port over the small router, stopped when the test ends. */
export async function openDoor(parts: { rendererFolder?: string | null; host?: string } = {}): Promise<Door> {
  const logged: unknown[] = []
  const log: Log = { info() {}, warn() {}, error: (fields, message) => logged.push({ ...fields, message }) }
  const seen = { imported: [], ended: 0 }
  const tokens = createTokens()
  const server = createServer({
    app: { router: createSmallRouter(seen), access: tokens },
    host: parts.host ?? '127.0.0.1',
    port: 0,
    rendererFolder: parts.rendererFolder ?? null,
    version: '0.0.0',
    log,
  })
  await server.start()
  onTestFinished(() => server.stop())
  const url = server.address()
  return {
    server,
    url,
    logged,
    seen,
    tokens,
    ask: (path, init = {}, token = 'manager-token') =>
      fetch(url + path, {
        redirect: 'manual',
        ...init,
        headers: { ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...init.headers },
      }),
  }
}

/** JSON of a body, as this method. */
export const json = (body: unknown, method = 'POST'): RequestInit => ({
  method,
  headers: { 'content-type': 'application/json' },
  body: typeof body === 'string' ? body : JSON.stringify(body),
})
