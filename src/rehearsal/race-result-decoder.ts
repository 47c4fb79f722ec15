import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { createWallClock } from './wall-clock.ts'

export interface DecoderParts {
  /** IANA zone of its clock. */
  readonly zone: string
  readonly boxId: string
  readonly boxName?: string
  readonly clock: () => number
  /** Without GPS dates are 0000-00-0N; default true. */
  readonly gps?: boolean
  readonly host?: string
  readonly port?: number
}

/** A RACE RESULT decoder: a TCP server that answers questions and serves the passings of its current file. */
export interface RaceResultDecoder {
  start(): Promise<void>
  stop(): Promise<void>
  /** ms UTC */
  pass(chip: string, at: number): void
  /** Ends the file and begins the next: numbers start at 1 again. */
  nextFile(): void
  /** Cuts every connection. */
  drop(): void
  /** From now on it says nothing, with its connections open: a network that was pulled. */
  freeze(on: boolean): void
  readonly port: number
  readonly connections: number
  readonly heard: readonly string[]
}

export function createRaceResultDecoder(parts: DecoderParts): RaceResultDecoder {
  const wall = createWallClock(parts.zone)
  const heard: string[] = []
  const sockets = new Set<Socket>()
  let server: Server | null = null
  let port = parts.port ?? 0
  let passings: string[] = []
  let fileNumber = 177
  let frozen = false

  const dateOf = (at: number) => (parts.gps === false ? '0000-00-01' : wall.dashed(at).slice(0, 10))
  const timeOf = (at: number) => new Date(wall.asUtc(at)).toISOString().slice(11, 23)

  function answer(line: string): readonly string[] {
    const [word = '', ...values] = line.split(';')
    const range = /^(\d+):(\d+)$/.exec(line)
    if (range) {
      const first = Number(range[1])
      return [...passings.slice(first - 1, first - 1 + Number(range[2])), '']
    }
    switch (word) {
      case 'GETPROTOCOL':
        return ['GETPROTOCOL;1.0;1.0;2.3']
      case 'SETPROTOCOL':
        return [`SETPROTOCOL;${values[0] ?? '1.0'}`]
      case 'GETSTATUS': {
        const now = parts.clock()
        return [
          `GETSTATUS;${dateOf(now)};${timeOf(now)};1;11110000;1;${fileNumber};${parts.gps === false ? 0 : 1};0,0;1;80;1;0;0`,
        ]
      }
      case 'PASSINGS':
        return [`PASSINGS;${passings.length};${fileNumber}`]
      default:
        return [`${word};ERROR`]
    }
  }

  function connected(socket: Socket): void {
    sockets.add(socket)
    let buffer = ''
    socket.setNoDelay(true)
    socket.on('data', chunk => {
      const lines = (buffer + String(chunk)).split('\r\n')
      buffer = lines.pop() ?? ''
      for (const line of lines) {
        heard.push(line)
        if (!frozen && !socket.destroyed)
          socket.write(
            answer(line)
              .map(text => `${text}\r\n`)
              .join(''),
          )
      }
    })
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  }

  return {
    start() {
      return new Promise((resolve, reject) => {
        const made = createServer(connected)
        made.once('error', reject)
        made.listen(port, parts.host ?? '127.0.0.1', () => {
          port = (made.address() as AddressInfo).port
          server = made
          resolve()
        })
      })
    },
    stop() {
      for (const socket of sockets) socket.destroy()
      return new Promise(resolve => {
        if (server) server.close(() => resolve())
        else resolve()
        server = null
      })
    },
    pass(chip, at) {
      const box = `${parts.boxName ?? 'Decoder'};${fileNumber};2;${parts.boxId}`
      passings.push(
        `${passings.length + 1};${chip};${dateOf(at)};${timeOf(at)};0;72;-61;;1;1;1;;16731;2.9;21;;${box}`,
      )
    },
    nextFile() {
      passings = []
      fileNumber += 1
    },
    drop() {
      for (const socket of sockets) socket.resetAndDestroy()
    },
    freeze(on) {
      frozen = on
    },
    get port() {
      return port
    },
    get connections() {
      return sockets.size
    },
    heard,
  }
}
