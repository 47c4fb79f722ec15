import { connect, type Socket } from 'node:net'
import { vi } from 'vitest'

/** A CTP01 client that says what it is told to and keeps what it hears. */
export interface TinyClient {
  readonly heard: readonly string[]
  readonly closed: () => boolean
  say(...lines: readonly string[]): void
  send(bytes: Uint8Array | string): Promise<void>
  /** Waits for a line. */
  hears(line: string): Promise<void>
  /** Greets and answers all questions. */
  handshake(answers?: Answers): Promise<void>
  cut(): void
}

export interface Answers {
  readonly id?: string | null
  readonly locations?: readonly string[]
}

export async function tinyClient(port: number): Promise<TinyClient> {
  const heard: string[] = []
  let closed = false
  let rest = ''
  const socket: Socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  socket.on('close', () => {
    closed = true
  })
  socket.on('data', chunk => {
    const lines = (rest + String(chunk)).split('\r\n')
    rest = lines.pop() ?? ''
    heard.push(...lines)
  })
  await new Promise<void>(resolve => socket.once('connect', () => resolve()))
  const client: TinyClient = {
    heard,
    closed: () => closed,
    say: (...lines) => void socket.write(lines.map(line => `${line}\r\n`).join('')),
    send: bytes => new Promise(resolve => socket.write(bytes, () => resolve())),
    hears: line =>
      vi.waitFor(() => {
        if (!heard.includes(line)) throw new Error(`${line} was not among ${heard.join(' | ')}`)
      }, 3000),
    async handshake({ id = 'f'.repeat(40), locations = ['start'] } = {}) {
      client.say('SimpleClient~0.6.0~CTP01')
      await client.hears('getconnectionid')
      client.say(id === null ? 'err~~unknown command' : `ack~getconnectionid~${id}`)
      await client.hears('geteventinfo')
      client.say('ack~geteventinfo~LA08~12~Los Angeles Marathon 2008')
      await client.hears('getlocations')
      client.say(['ack~getlocations', ...locations].join('~'))
      for (const location of locations) {
        await vi.waitFor(() => {
          if (!heard.some(line => line.startsWith(`start~${location}`))) throw new Error('not started')
        })
      }
    },
    cut: () => void socket.destroy(),
  }
  return client
}
