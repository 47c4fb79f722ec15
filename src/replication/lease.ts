import type { Clock, Log, Service } from '../core/runtime.ts'
import type { Store } from '../store/store.ts'
import type { Peer } from './peer.ts'

/** Who runs a connection, as far as is known here. */
export type LeaseState =
  | { readonly kind: 'mine' }
  | { readonly kind: 'elsewhere'; readonly laptop: string }
  | { readonly kind: 'unsure' }

export interface Leases extends Service {
  of(connectionId: string): LeaseState
  /** Asks before it answers, where somebody can be asked. */
  ask(connectionId: string): Promise<LeaseState>
}

export interface LeaseParts {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  /** Who says whose turn it is; null: this laptop has joined nobody. */
  readonly arbiter: () => Peer | null
  /** Somebody's turn began or ended. */
  readonly changed: () => void
  readonly lastsMs?: number
}

/** Somebody who waits for a sync waits no longer for a peer that has only just been called. */
const CONNECTS_MS = 5_000
/** A turn, by the database's clock. A laptop that dies is followed after as long at most. */
const LASTS_MS = 60_000

interface Answer {
  readonly held: boolean
  readonly laptop_name: string | null
  readonly ms_left: number
}

interface Known {
  readonly mine: boolean
  readonly laptop: string
  /** By this laptop's clock, counted from when it asked: sooner than there. */
  readonly until: number
}

const TAKE = `SELECT held, laptop_name, extract(epoch FROM expires_in)::float8 * 1000 AS ms_left
  FROM trackside.take_lease($1, $2, $3::interval)`

/**
 * Keeps the turns of connections whose keys are on this laptop. A turn that is new begins only when all that others did
 * is here: whoever had it before may have sent what this laptop would send again.
 */
export function createLeases(parts: LeaseParts): Leases {
  const { store, clock, log, arbiter } = parts
  const lasts = parts.lastsMs ?? LASTS_MS
  const known = new Map<string, Known>()
  let timer: NodeJS.Timeout | null = null
  let working: Promise<void> | null = null
  let stopping = false

  /** Connections that this laptop could run. */
  const mine = (): readonly string[] =>
    store.read
      .all<{ id: string }>(
        'SELECT id FROM provider_connections WHERE deleted_at IS NULL AND credentials_updated_at IS NOT NULL',
      )
      .map(({ id }) => id)

  const isMine = (id: string): boolean => {
    const now = known.get(id)
    return now?.mine === true && clock() < now.until
  }

  const take = async (peer: Peer, id: string): Promise<void> => {
    const askedAt = clock()
    const answer = await peer.ask(async ({ client }) => {
      const { rows } = await client.query<Answer>(TAKE, [id, store.laptopId, `${lasts} milliseconds`])
      return rows[0] ?? null
    })
    if (answer === null) return
    const begins = answer.held && !isMine(id)
    if (begins) {
      await peer.run()
      // What was not brought is not taken over: it is asked for again in a moment.
      if (peer.status().state !== 'in-step') return
    }
    known.set(id, {
      mine: answer.held,
      laptop: answer.laptop_name ?? 'Another laptop',
      until: askedAt + answer.ms_left,
    })
  }

  const look = async (): Promise<void> => {
    const before = JSON.stringify([...known.keys()].map(id => of(id)))
    const peer = arbiter()
    for (const id of peer === null ? [] : mine()) {
      if (stopping) return
      await take(peer as Peer, id).catch(error =>
        log.warn({ error: String(error) }, 'whose turn it is was not said'),
      )
    }
    if (JSON.stringify([...known.keys()].map(id => of(id))) !== before) parts.changed()
  }
  const tick = (): void => {
    working ??= look().finally(() => {
      working = null
    })
  }

  function of(id: string): LeaseState {
    if (arbiter() === null || isMine(id)) return { kind: 'mine' }
    const now = known.get(id)
    if (now !== undefined && !now.mine && clock() < now.until)
      return { kind: 'elsewhere', laptop: now.laptop }
    return { kind: 'unsure' }
  }

  return {
    of,
    async ask(id) {
      const peer = arbiter()
      if (peer === null || isMine(id) || !mine().includes(id)) return of(id)
      if (peer.status().state === 'connecting') await peer.run(AbortSignal.timeout(CONNECTS_MS))
      await take(peer, id).catch(error => log.warn({ error: String(error) }, 'whose turn it is was not said'))
      return of(id)
    },
    async start() {
      stopping = false
      timer = setInterval(tick, lasts / 4)
      timer.unref()
      tick()
    },
    async stop() {
      stopping = true
      if (timer !== null) clearInterval(timer)
      await working
      const peer = arbiter()
      for (const [id] of known)
        if (peer !== null && isMine(id))
          await peer
            .ask(({ client }) => client.query('SELECT trackside.release_lease($1, $2)', [id, store.laptopId]))
            .catch(() => undefined)
      known.clear()
    },
  }
}
