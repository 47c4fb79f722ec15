import { connect } from 'node:net'
import { vi } from 'vitest'
import { createSession, updateSession } from '../../src/store/links.ts'
import { type SessionContext, sessionContext } from '../../src/store/reads.ts'
import type { Store } from '../../src/store/store.ts'
import { createLinker, type Linker } from '../../src/timing/linker.ts'
import { createListener, type Listener, type ListenerParts } from '../../src/timing/listener.ts'
import type { ListenedProtocol } from '../../src/timing/protocols/protocol.ts'
import { CHICAGO, NOON, type Person, putRace, quiet, testStore } from './race.ts'

export interface StoredRead {
  readonly kind: string
  readonly source: string
  readonly chip: string
  readonly device: string
  readonly seq: number | null
  readonly location: string | null
  readonly at: number | null
  readonly session: string
}

/** A store with one race, its linker, and whatever listens to it; the store can be told to refuse. */
export async function createStage(people: readonly Person[] = [{ id: 'ann', bib: '41' }]) {
  const opened = testStore(() => NOON)
  const { store } = opened
  let refusing = false
  const faulty: Store = {
    ...store,
    write(work, actor) {
      if (refusing) throw Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' })
      return store.write(work, actor)
    },
  }
  const first = putRace(store, people)
  let current = first
  const linker: Linker = createLinker({ store, log: quiet })
  await linker.start()
  const listeners: Listener[] = []
  const sessionFor = (): SessionContext => {
    const context = sessionContext(store.read, current)
    if (!context) throw new Error('no session')
    return context
  }
  const parts = { store: faulty, linker, log: quiet, clock: () => NOON, sessionFor }
  return {
    ...{ store, linker, parts, session: first },
    async listen(protocol: ListenedProtocol, more: Partial<ListenerParts> = {}): Promise<Listener> {
      const made = createListener({ ...parts, protocol, host: '127.0.0.1', port: 0, ...more })
      listeners.push(made)
      await made.start()
      return made
    },
    refuse(now: boolean) {
      refusing = now
    },
    /** The next race day's session becomes the current one. */
    nextSession(): string {
      current = store.write(writer =>
        createSession(writer, { name: 'Next', timezone: CHICAGO, raceDayId: null }),
      )
      store.write(writer => updateSession(writer, { id: current, name: 'The next' }))
      return current
    },
    reads: (): readonly StoredRead[] =>
      store.read.all<StoredRead>(
        `SELECT kind, source, chip, device, sequence AS seq, stream_location AS location, read_at AS at,
         session_id AS session FROM timing_reads ORDER BY id`,
      ),
    refused: (): readonly string[] =>
      store.read
        .all<{ reason: string }>('SELECT reason FROM refused_lines ORDER BY id')
        .map(row => row.reason),
    has: (count: number) =>
      vi.waitFor(() => {
        const row = store.read.get<{ n: number }>('SELECT COUNT(*) AS n FROM timing_reads')
        if (row?.n !== count) throw new Error(`${row?.n} reads where ${count} are wanted`)
      }, 8000),
    async close() {
      for (const listener of listeners) await listener.stop()
      await linker.stop()
      opened.close()
    },
  }
}
export type Stage = Awaited<ReturnType<typeof createStage>>

/** A client that says what it is told to and keeps what it hears, cut at `end`. */
export async function rawClient(port: number, end: string) {
  const heard: string[] = []
  let closed = false
  let rest = ''
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  socket.on('close', () => {
    closed = true
  })
  socket.on('data', chunk => {
    const pieces = (rest + String(chunk)).split(end)
    rest = pieces.pop() ?? ''
    heard.push(...pieces)
  })
  await new Promise<void>(resolve => socket.once('connect', () => resolve()))
  return {
    heard,
    closed: () => closed,
    send: (bytes: Uint8Array | string) => new Promise<void>(resolve => socket.write(bytes, () => resolve())),
    hears: (piece: string) =>
      vi.waitFor(() => {
        if (!heard.includes(piece)) throw new Error(`${piece} was not among ${heard.join(' | ')}`)
      }, 3000),
    cut: () => void socket.destroy(),
  }
}
export type RawClient = Awaited<ReturnType<typeof rawClient>>
