import { connect, createServer, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'

/** The way between two machines, which can be pulled out and put back. */
export interface LanCable {
  readonly port: number
  /** Cuts what runs over it; what comes next finds nobody. */
  pull(): Promise<void>
  plug(): Promise<void>
  /** What runs over it hears nothing any more, as behind a switch without power. */
  freeze(): void
  thaw(): void
  end(): Promise<void>
}

/** A cable to a port of this machine. */
export async function lanCable(target: number): Promise<LanCable> {
  const sockets = new Set<Socket>()
  let frozen = false
  const server = createServer(near => {
    const far = connect({ host: '127.0.0.1', port: target })
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from.on('error', () => {})
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
      from.pipe(to)
      if (frozen) from.pause()
    }
  })
  const listen = (port: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, '127.0.0.1', () => {
        server.removeListener('error', reject)
        resolve()
      })
    })
  const pull = async (): Promise<void> => {
    if (!server.listening) return
    const closed = new Promise<void>(resolve => server.close(() => resolve()))
    for (const socket of sockets) socket.destroy()
    await closed
  }
  await listen(0)
  const { port } = server.address() as AddressInfo
  return {
    port,
    pull,
    plug: async () => {
      if (!server.listening) await listen(port)
    },
    freeze() {
      frozen = true
      for (const socket of sockets) socket.pause()
    },
    thaw() {
      frozen = false
      for (const socket of sockets) socket.resume()
    },
    end: pull,
  }
}
