import type { Bend } from './bends.ts'

/** Which calls a fault strikes. Without method and path: any. */
interface Match {
  readonly method?: string
  /** Part of the path with its query, whatever the case. */
  readonly path?: string
  /** How many calls; default 1. */
  readonly times?: number
}

/** How the outside misbehaves. */
export type Misbehaviour =
  | {
      readonly kind: 'status'
      readonly status: number
      readonly headers?: Readonly<Record<string, string>>
      readonly body?: string
    }
  /** HTTP 200 whose body is the provider's own error. */
  | { readonly kind: 'error200'; readonly code: number }
  /** HTTP 200 with a web page: a captive portal, a maintenance notice. */
  | { readonly kind: 'html' }
  /** Declares its length, sends half of it and drops the connection. */
  | { readonly kind: 'half' }
  /** Drops the connection without an answer. */
  | { readonly kind: 'cut' }
  /** The right answer, late. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** No answer at all, until the server is stopped. */
  | { readonly kind: 'hang' }
  /** An answer that is otherwise than written: mostly for every call (`times: Infinity`). */
  | { readonly kind: 'bent'; readonly bends: readonly Bend[] }

export type Fault = Match & Misbehaviour

export interface Faults {
  /** First added, first taken. */
  add(fault: Fault): void
  clear(): void
  /** The fault this call gets, if any; each is counted down. */
  take(method: string, path: string): Misbehaviour | null
  /** Faults not yet used up. */
  readonly waiting: number
  /** Added to every call. */
  latencyMs: number
  /** The network cable is out: open connections end, new ones are refused by a reset. */
  down: boolean
  onDown(listener: () => void): () => void
}

/** One of these may be shared by several servers: their faults and their cable are then the same. */
export function createFaults(): Faults {
  let queue: { readonly fault: Fault; left: number }[] = []
  let down = false
  const listeners = new Set<() => void>()
  return {
    latencyMs: 0,
    add(fault) {
      queue.push({ fault, left: fault.times ?? 1 })
    },
    clear() {
      queue = []
    },
    take(method, path) {
      const found = queue.find(({ fault }) => matches(fault, method, path))
      if (!found) return null
      found.left -= 1
      queue = queue.filter(({ left }) => left > 0)
      return found.fault
    },
    get waiting() {
      return queue.length
    },
    get down() {
      return down
    },
    set down(value) {
      down = value
      if (down) for (const listener of listeners) listener()
    },
    onDown(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

function matches(match: Match, method: string, path: string): boolean {
  if (match.method !== undefined && match.method.toUpperCase() !== method.toUpperCase()) return false
  return match.path === undefined || path.toLowerCase().includes(match.path.toLowerCase())
}
