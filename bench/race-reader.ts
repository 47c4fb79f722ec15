import { createCtp01Client } from '../src/rehearsal/ctp01-client.ts'
import { createMylapsClient } from '../src/rehearsal/mylaps-client.ts'
import { type Crossing, crossings, PROGRAMS } from './race-shape.ts'

/**
 * A reader's program in a process of its own, as in life: `race-reader.ts PROGRAM PEOPLE GUN_AT PORT`. Asked for reads
 * it sends so many further ones, at so many a second or as fast as they are taken, and answers when each was pushed.
 */
export interface Asked {
  readonly reads: number
  /** A second; null: as fast as they are taken. */
  readonly rate: number | null
}
export interface Answered {
  readonly pushed: number
  /** Of paced reads: `location|bib|at` and ms since the epoch. */
  readonly times: readonly (readonly [string, number])[]
}

/** Reads on the way that a program holds before it waits. */
const AHEAD = 4000
const PACE_MS = 4

interface Program {
  push(crossing: Crossing): void
  start(): Promise<void>
  stop(): Promise<void>
  /** Reads that were pushed and are not taken yet. */
  ahead(): number
}

const [index, people, gunAt, port] = process.argv.slice(2).map(Number)
const shape = PROGRAMS[index ?? -1]
if (shape === undefined || people === undefined || gunAt === undefined || port === undefined) process.exit(2)

const programOf = (protocol: (typeof PROGRAMS)[number]['protocol']): Program => {
  const locations = shape.mats.map(mat => mat.location)
  const at = { host: '127.0.0.1', port, zone: 'UTC', locations }
  if (protocol === 'ctp01') {
    const client = createCtp01Client({
      ...{ ...at, clock: Date.now, eventName: 'bench', connectionId: 'be'.repeat(20) },
    })
    return {
      push: ({ location, bib, at: when }) =>
        client.push({ location, tag: String(bib), at: when, readerId: '0F2A38', gator: 1 }),
      start: client.start,
      stop: client.stop,
      ahead: () => client.pushedCount - client.sentCount,
    }
  }
  const version = protocol === 'mylaps-1' ? 1 : 2
  const client = createMylapsClient({ ...at, version, raceName: 'bench' })
  let pushed = 0
  return {
    push({ location, bib, at: when }) {
      pushed += 1
      client.push({ location, chip: String(bib).padStart(7, '0'), at: when })
    },
    start: client.start,
    stop: client.stop,
    ahead: () => pushed - client.acknowledgedCount,
  }
}

const program = programOf(shape.protocol)
const next = crossings(shape.mats, people, gunAt)
const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

async function send({ reads, rate }: Asked): Promise<Answered> {
  const times: (readonly [string, number])[] = []
  const began = performance.now()
  let pushed = 0
  while (pushed < reads) {
    const due = rate === null ? reads : Math.min(reads, ((performance.now() - began) * rate) / 1000)
    while (pushed < due && program.ahead() < AHEAD) {
      const crossing = next.next().value
      if (rate !== null) {
        const { location, bib, at } = crossing
        times.push([`${location}|${bib}|${at}`, performance.timeOrigin + performance.now()])
      }
      program.push(crossing)
      pushed += 1
    }
    if (pushed < reads) await pause(rate === null ? 0 : PACE_MS)
  }
  return { pushed, times }
}

process.on('message', async (asked: Asked) => {
  process.send?.(await send(asked))
})
process.on('disconnect', () => void program.stop())
await program.start()
process.send?.('ready')
