import { connect, createServer, type Socket } from 'node:net'
import { noticesTwice } from './notices.ts'

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
  /**
   * These bytes reach the server so many ms after they were sent, and whoever else has connected meanwhile is before them.
   * @param gone whoever sent them is thrown out at once: it begins anew on a second connection beside the first
   */
  holdBack(bytes: string, ms: number, gone: boolean): void
  /** Who connects from now on hears each notice twice. The way must be a plain one, without TLS. */
  echo(): void
  close(): Promise<void>
}

/** One direction: what was sent first comes first, however long it waits. */
function createLine(to: Socket) {
  const waiting: Buffer[] = []
  let due = 0
  let ended = false
  return {
    send(piece: Buffer, ms: number): void {
      const now = Date.now()
      due = Math.max(due, now + ms)
      if (waiting.length === 0 && due <= now) {
        to.write(piece)
        return
      }
      waiting.push(piece)
      setTimeout(() => {
        to.write(waiting.shift() ?? '')
        if (ended && waiting.length === 0) to.end()
      }, due - now)
    },
    end(): void {
      ended = true
      if (waiting.length === 0) to.end()
    },
  }
}

type Trap = { readonly bytes: string } & (
  | { readonly kind: 'cut after' }
  | { readonly kind: 'hold back'; readonly ms: number; readonly gone: boolean }
)

export async function openWay(target: number): Promise<Way> {
  const pairs = new Set<readonly [Socket, Socket]>()
  let state: 'open' | 'cut' | 'frozen' = 'open'
  let late = 0
  let echoing = false
  let trap: Trap | null = null
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
    const up = createLine(there)
    const down = createLine(client)
    let deaf = false
    client.on('data', piece => {
      if (state === 'frozen') return
      const sprung = trap !== null && piece.includes(trap.bytes) ? trap : null
      if (sprung !== null) trap = null
      up.send(piece, sprung?.kind === 'hold back' ? sprung.ms : late)
      if (sprung?.kind === 'hold back' && sprung.gone) client.destroy()
      if (sprung?.kind !== 'cut after') return
      deaf = true
      // The server gets what was sent, and its answer reaches nobody.
      setTimeout(() => client.destroy(), 100)
    })
    const answer = (piece: Buffer): void => {
      if (state !== 'frozen' && !deaf) down.send(piece, late)
    }
    there.on('data', echoing ? noticesTwice(answer) : answer)
    client.on('close', () => up.end())
    there.on('close', () => {
      pairs.delete(pair)
      client.destroy()
    })
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
      trap = { kind: 'cut after', bytes }
    },
    holdBack(bytes, ms, gone) {
      trap = { kind: 'hold back', bytes, ms, gone }
    },
    echo() {
      echoing = true
    },
    async close() {
      throwOut()
      await new Promise<void>(resolve => server.close(() => resolve()))
    },
  }
}
