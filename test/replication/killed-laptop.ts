import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Asked, Told } from './laptop-process.ts'

/** A laptop in a process that is killed and started again, always on the same file. */
export interface KilledLaptop {
  readonly name: string
  readonly file: string
  /** What it said that it had on its disk. */
  readonly kept: { readonly reads: ReadonlySet<string>; readonly audit: number }
  /** It starts and goes to work; resolves with false when it was killed before it was up. */
  start(): Promise<boolean>
  kill(): Promise<void>
  rest(): Promise<void>
  /** Null: in step, as far as it knows. Else what is not. */
  settle(): Promise<string | null>
  stop(): Promise<void>
}

const SCRIPT = join(import.meta.dirname, 'laptop-process.ts')
/** More than a laptop makes between two starts. */
const NUMBERS = 100_000

export function createKilledLaptop(parts: {
  readonly name: string
  readonly file: string
  readonly seed: number
  readonly offsetMs: number
  readonly code: string
}): KilledLaptop {
  const { name, file, seed, offsetMs, code } = parts
  const reads = new Set<string>()
  let audit = 0
  let starts = 0
  let child: ChildProcess | null = null
  let crash: Error | null = null
  let waits: { readonly kind: Told['kind']; readonly done: (told: Told | null) => void } | null = null

  const hear = (told: Told | null): void => {
    if (waits === null || (told !== null && told.kind !== waits.kind)) return
    waits.done(told)
    waits = null
  }
  /** The next word of this kind; null when it is killed before. */
  const word = (kind: Told['kind']): Promise<Told | null> =>
    new Promise(done => {
      waits = { kind, done }
    })
  const ask = (asked: Asked, kind: Told['kind']): Promise<Told | null> => {
    const answer = word(kind)
    child?.send(asked)
    return answer
  }
  const ended = async (): Promise<void> => {
    if (child !== null && child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    child = null
    if (crash !== null) throw crash
  }

  return {
    ...{ name, file },
    get kept() {
      return { reads, audit }
    },
    async start() {
      starts += 1
      const numbers = [seed + starts, starts * NUMBERS, offsetMs].map(String)
      const made = fork(SCRIPT, [file, name, ...numbers, code], {
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      })
      child = made
      let said = ''
      made.stderr?.on('data', piece => {
        said += String(piece)
      })
      made.on('message', (told: Told) => {
        if (told.kind === 'kept') {
          for (const read of told.reads) reads.add(read)
          audit = Math.max(audit, told.audit)
        }
        hear(told)
      })
      made.once('exit', (exit, signal) => {
        if (exit !== 0 && signal !== 'SIGKILL')
          crash = new Error(`laptop ${name} ended by itself with ${exit ?? signal}: ${said}`)
        hear(null)
      })
      if ((await word('up')) === null) return false
      made.send('work')
      return true
    },
    async kill() {
      child?.kill('SIGKILL')
      await ended()
    },
    async rest() {
      await ask('rest', 'rests')
      if (crash !== null) throw crash
    },
    async settle() {
      const told = await ask('settle', 'settled')
      if (crash !== null) throw crash
      return told?.kind === 'settled' ? told.waits : 'it was killed'
    },
    async stop() {
      child?.send('stop')
      await ended()
    },
  }
}
