import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { bent, heard } from './bends.ts'
import { createFaults, type Faults, type Misbehaviour } from './faults.ts'
import type { Reply, Request } from './http-messages.ts'

/** A call that came in, whatever became of it. */
export interface Call {
  /** ms UTC, by the clock handed in */
  readonly at: number
  readonly method: string
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly headers: IncomingHttpHeaders
  readonly body: string
  readonly fault: Misbehaviour['kind'] | null
}

/** A provider's web server on loopback. */
export interface OutsideServer {
  /** Rejects when the port is taken. */
  start(): Promise<void>
  /** Ends every connection at once, hanging ones too. */
  stop(): Promise<void>
  /** Without a slash at the end. Throws before start. */
  readonly url: string
  readonly calls: readonly Call[]
  readonly faults: Faults
}

interface HostParts {
  readonly answer: (request: Request) => Reply
  /** The provider's own way to say an error with HTTP 200. */
  readonly error200: (code: number, request: Request) => Reply
  readonly basePath: string
  readonly clock: () => number
  readonly port?: number
  readonly faults?: Faults
}

const page =
  '<!doctype html><html><head><title>Welcome</title></head><body><h1>Sign in to use this network</h1></body></html>'

export function createHttpHost(parts: HostParts): OutsideServer {
  const faults = parts.faults ?? createFaults()
  const calls: Call[] = []
  const sockets = new Set<Socket>()
  let stopping = new AbortController()
  let forgetDown = () => {}
  const server = createServer((incoming, response) => {
    serve(incoming, response).catch(error => {
      // A call whose connection ended, or that stop() interrupted, has nobody left to hear of it. A bug is told.
      if (!response.destroyed && !response.headersSent)
        send(
          response,
          { status: 500, type: 'text/plain', body: `rehearsal: ${error?.stack ?? error}` },
          parts.clock(),
        )
    })
  })
  server.on('connection', socket => {
    if (faults.down) {
      socket.resetAndDestroy()
      return
    }
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {})
  })

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(incoming.url ?? '/', 'http://loopback')
    const request: Request = {
      method: incoming.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      headers: incoming.headers,
      body: await text(incoming),
    }
    const fault = faults.take(request.method, url.pathname + url.search)
    calls.push({
      ...request,
      at: parts.clock(),
      query: Object.fromEntries(request.query),
      fault: fault?.kind ?? null,
    })
    const delay = faults.latencyMs + (fault?.kind === 'slow' ? fault.ms : 0)
    if (delay > 0) await wait(delay, undefined, { signal: stopping.signal })
    misbehave(fault, request, response)
  }

  function misbehave(fault: Misbehaviour | null, request: Request, response: ServerResponse): void {
    switch (fault?.kind) {
      case 'hang':
        return
      case 'cut':
        response.destroy()
        return
      case 'half': {
        const reply = parts.answer(request)
        const bytes = bytesOf(reply)
        response.writeHead(reply.status, headersOf(reply, bytes.length, parts.clock()))
        response.write(bytes.subarray(0, bytes.length >> 1), () => response.destroy())
        return
      }
      default:
        send(response, replyUnder(fault, request), parts.clock())
    }
  }

  function replyUnder(fault: Misbehaviour | null, request: Request): Reply {
    switch (fault?.kind) {
      case 'status': {
        const body = fault.body ?? `status ${fault.status}`
        return { status: fault.status, type: 'text/plain', body, headers: fault.headers ?? {} }
      }
      case 'error200':
        return parts.error200(fault.code, request)
      case 'html':
        return { status: 200, type: 'text/html', body: page }
      case 'bent':
        return bent(fault.bends, parts.answer(heard(fault.bends, request)))
      default:
        return parts.answer(request)
    }
  }

  return {
    calls,
    faults,
    get url() {
      const address = server.address() as AddressInfo | null
      if (!address) throw new Error('the server is not started')
      return `http://127.0.0.1:${address.port}${parts.basePath}`
    },
    start() {
      stopping = new AbortController()
      forgetDown = faults.onDown(() => {
        for (const socket of sockets) socket.resetAndDestroy()
      })
      return new Promise((resolve, reject) => {
        server.once('error', reject)
        server.listen(parts.port ?? 0, '127.0.0.1', () => {
          server.off('error', reject)
          resolve()
        })
      })
    },
    stop() {
      stopping.abort()
      forgetDown()
      return new Promise(resolve => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      })
    },
  }
}

function send(response: ServerResponse, reply: Reply, now: number): void {
  const bytes = bytesOf(reply)
  response.writeHead(reply.status, headersOf(reply, bytes.length, now))
  response.end(bytes)
}

const bytesOf = ({ body }: Reply): Buffer => (typeof body === 'string' ? Buffer.from(body) : body)

function headersOf(reply: Reply, length: number, now: number): Record<string, string> {
  return {
    date: new Date(now).toUTCString(),
    'content-type': `${reply.type}; charset=utf-8`,
    'content-length': String(length),
    ...reply.headers,
  }
}

async function text(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}
