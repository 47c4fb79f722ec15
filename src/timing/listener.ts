import { createServer, type Server } from 'node:net'
import { AppError } from '../core/errors.ts'
import type { Service } from '../core/runtime.ts'
import { type ConnectionParts, createConnections } from './connections.ts'
import type { ListenerStatus } from './peer-status.ts'
import type { ListenedProtocol } from './protocols/protocol.ts'

export interface ListenerParts extends ConnectionParts {
  readonly protocol: ListenedProtocol
  readonly host: string
  /** The protocol's own unless said otherwise; 0 takes a free one. */
  readonly port?: number
}

export interface Listener extends Service {
  status(): ListenerStatus
  /** Lets a peer's connection go; false if there is none of that id. */
  letGo(id: number): boolean
  /** Called when a peer or what keeps reads from being stored is another; not for counts. At most five times a second. */
  onStatus(listener: () => void): () => void
}

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''

function cannotListen(error: unknown, host: string, port: number, readers: string): unknown {
  const code = codeOf(error)
  const options = { cause: error, retriable: true }
  if (code === 'EADDRINUSE') {
    return new AppError(
      'port.taken',
      `Port ${port} is taken: another program holds it, perhaps the scoring software on this laptop or a second Trackside. Either close that program, or let the ${readers} call this laptop on another port and hand their reads on to it (Readers, Hand on…).`,
      options,
    )
  }
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL') {
    const why = code === 'EACCES' ? 'this computer does not allow it' : `this computer has no address ${host}`
    return new AppError(
      'port.taken',
      `Port ${port} cannot be listened on: ${why}. Choose another one.`,
      options,
    )
  }
  return error
}

/** The TCP side of a protocol whose readers call us: several clients at once. */
export function createListener(parts: ListenerParts): Listener {
  const { protocol, host, log } = parts
  const port = parts.port ?? protocol.port
  const connections = createConnections(protocol.name, parts)
  let server: Server | null = null

  const usedPort = (): number => {
    const address = server?.address()
    return typeof address === 'object' && address !== null ? address.port : port
  }

  const status = (): ListenerStatus => ({
    protocol: protocol.name,
    listening: server !== null,
    host,
    port: usedPort(),
    peers: connections.peers(),
    problem: connections.problem(),
  })

  return {
    async start() {
      if (server) return
      const made = createServer(socket => connections.add(socket, protocol.open))
      await new Promise<void>((resolve, reject) => {
        made.once('error', error => reject(cannotListen(error, host, port, protocol.readers)))
        made.listen(port, host, () => resolve())
      })
      made.removeAllListeners('error')
      made.on('error', error => log.error({ error: String(error) }, 'the reader port has trouble'))
      server = made
      connections.start()
    },
    async stop() {
      const made = server
      if (!made) return
      const closed = new Promise<void>(resolve => made.close(() => resolve()))
      await connections.stop()
      await closed
      server = null
    },
    status,
    letGo: connections.letGo,
    onStatus: connections.onChange,
  }
}
