import { connect, createServer, type Socket } from 'node:net'

/** A way to a server that can be spoilt. */
export interface Way {
  readonly port: number
  /** Nobody gets through any more, and who was through is thrown out. */
  cut(): void
  /** Connections stay and nothing comes through: the other end of the field cable. */
  freeze(): void
  /** As if nothing had been. */
  mend(): void
  /** Each piece waits so many ms. */
  delay(ms: number): void
  /** Throws out who sends these bytes to the server, when the server has had them and before it can answer. */
  cutAfter(bytes: string): void
  close(): Promise<void>
}

export async function openWay(target: number): Promise<Way> {
  const pairs = new Set<readonly [Socket, Socket]>()
  let state: 'open' | 'cut' | 'frozen' = 'open'
  let late = 0
  let trap: string | null = null
  const server = createServer(client => {
    client.on('error', () => {})
    if (state === 'cut') {
      client.destroy()
      return
    }
    const there = connect(target, '127.0.0.1')
    there.on('error', () => client.destroy())
    const pair = [client, there] as const
    pairs.add(pair)
    let deaf = false
    const pass = (to: Socket, piece: Buffer): void => {
      if (late === 0) to.write(piece)
      else setTimeout(() => to.write(piece), late)
    }
    client.on('data', piece => {
      if (state === 'frozen') return
      pass(there, piece)
      if (trap !== null && piece.includes(trap)) {
        trap = null
        deaf = true
        // The server gets what was sent, and its answer reaches nobody.
        setTimeout(() => client.destroy(), 100)
      }
    })
    there.on('data', piece => {
      if (state !== 'frozen' && !deaf) pass(client, piece)
    })
    client.on('close', () => {
      pairs.delete(pair)
      there.end()
    })
    there.on('close', () => client.destroy())
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  const throwOut = (): void => {
    for (const [client, there] of pairs) {
      client.destroy()
      there.destroy()
    }
  }
  return {
    port: address.port,
    cut() {
      state = 'cut'
      throwOut()
    },
    freeze() {
      state = 'frozen'
    },
    mend() {
      if (state === 'frozen') throwOut()
      state = 'open'
    },
    delay(ms) {
      late = ms
    },
    cutAfter(bytes) {
      trap = bytes
    },
    async close() {
      throwOut()
      await new Promise<void>(resolve => server.close(() => resolve()))
    },
  }
}
