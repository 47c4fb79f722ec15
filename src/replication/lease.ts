import type { Clock, Log, Service } from '../core/runtime.ts'
import type { Store } from '../store/store.ts'
import { createHubSay } from './hub-say.ts'
import { createLook, type Deciders, type Known, SETTLES_MS } from './turn-look.ts'
import { turnWords } from './turn-words.ts'

/** Who runs a connection, as far as is known here. */
export type LeaseState =
  | { readonly kind: 'mine' }
  | { readonly kind: 'elsewhere'; readonly laptop: string }
  /** Nobody can be asked; or, at a hub: the site's hub may have given it to somebody, and does not answer. */
  | { readonly kind: 'unsure'; readonly atHub: boolean }

export interface Leases extends Service {
  of(connectionId: string): LeaseState
  /** Asks before it answers, where somebody can be asked. */
  ask(connectionId: string): Promise<LeaseState>
  /** A person wants it here: whoever has it stops first, or its turn runs out. Never two at once. */
  takeOver(connectionId: string, signal: AbortSignal): Promise<LeaseState>
  /** While something is sent for a connection its turn is not handed over: it is only not renewed. */
  during<T>(connectionId: string, work: () => Promise<T>): Promise<T>
  /** Somebody asked for a turn, somewhere. */
  asked(): void
  /** The hub ends, so it has no say any more. */
  hubEnds(hubId: string): Promise<void>
}

export interface LeaseParts {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly deciders: () => Deciders
  /** Somebody's turn began or ended. */
  readonly changed: () => void
  readonly lastsMs?: number
  readonly hubLastsMs?: number
}

/** Somebody who waits for a sync waits no longer for a peer that has only just been called. */
const CONNECTS_MS = 5_000
/** A turn, by the database's clock. A laptop that dies is followed after as long at most. */
const LASTS_MS = 90_000
/** Before its end nothing is begun any more: a provider may take its time to answer what was sent (30 s of silence). */
const LAST_PART = 0.4
/** How long a hub may say whose turn it is to who cannot ask the central database. */
const HUB_LASTS_MS = 3_600_000
const AGAIN_MS = 250
const FAREWELL_MS = 3_000

/**
 * Keeps the turns of connections whose keys are on this laptop. A turn that is new begins only when all that others did
 * is here: whoever had it before may have sent what this laptop would send again.
 */
export function createLeases(parts: LeaseParts): Leases {
  const { store, clock, log, deciders } = parts
  const me = store.laptopId
  const lasts = parts.lastsMs ?? LASTS_MS
  const hubLasts = parts.hubLastsMs ?? HUB_LASTS_MS
  const known = new Map<string, Known>()
  const uses = new Map<string, number>()
  const say = createHubSay(store)
  /** One question about a connection at a time. */
  const lines = new Map<string, Promise<unknown>>()
  let timer: NodeJS.Timeout | null = null
  let working: Promise<void> | null = null
  let again = false
  let stopping = false

  const connections = (condition: string): readonly string[] =>
    store.read
      .all<{ id: string }>(`SELECT id FROM provider_connections WHERE deleted_at IS NULL AND ${condition}`)
      .map(({ id }) => id)
  /** Connections that this laptop could run. */
  const mine = (): readonly string[] => connections('credentials_updated_at IS NOT NULL')
  /** And those whose turns it keeps for others, where it reaches two who say whose they are. */
  const lookedAt = (): readonly string[] => {
    const { central, hub } = deciders()
    return central !== null && hub !== null ? connections('true') : mine()
  }

  function of(id: string): LeaseState {
    const now = known.get(id)
    if (!deciders().joined) {
      // Whoever had the turn by the word of a peer that was left may go on to its end.
      const isOver = now?.kind !== 'elsewhere' || clock() >= now.until
      return isOver ? { kind: 'mine' } : { kind: 'elsewhere', laptop: now.laptop }
    }
    if (now?.kind === 'mine' && clock() < now.until - lasts * LAST_PART) return { kind: 'mine' }
    if (now?.kind === 'elsewhere' && clock() < now.until) return { kind: 'elsewhere', laptop: now.laptop }
    return { kind: 'unsure', atHub: now?.kind === 'unsure' && now.atHub }
  }
  const isMine = (id: string): boolean => of(id).kind === 'mine'

  const look = createLook({
    ...{ store, clock, deciders, say, known, mine, lastsMs: lasts, hubLastsMs: hubLasts },
    kindOf: id => of(id).kind,
    isUsed: id => (uses.get(id) ?? 0) > 0,
  })

  const shown = (): string => JSON.stringify([...known.keys()].map(id => of(id)))
  const lookInLine = (id: string): Promise<boolean> => {
    const before = lines.get(id) ?? Promise.resolve()
    const was = shown()
    const next = before
      .then(() => look(id))
      .catch(error => {
        log.warn({ error: String(error) }, 'whose turn it is was not said')
        return false
      })
      .then(answered => {
        if (shown() !== was) parts.changed()
        return answered
      })
    lines.set(id, next)
    return next
  }

  /** Those that were looked at since the start. */
  const met = new Set<string>()
  const lookAtAll = async (): Promise<void> => {
    do {
      again = false
      for (const id of lookedAt()) {
        if (stopping) return
        met.add(id)
        await lookInLine(id)
      }
    } while (again)
  }
  const tick = (): void => {
    again = working !== null
    working ??= lookAtAll().finally(() => {
      working = null
    })
  }

  // One that comes from a peer may have its turn there already, which was said before it was known here.
  const hear = (): (() => void) =>
    store.onChange(tables => {
      if (tables.has('provider_connections') && lookedAt().some(id => !met.has(id))) tick()
    })
  let hearing: (() => void) | null = null

  const connect = async (): Promise<void> => {
    const { central, hub } = deciders()
    for (const peer of [central, hub])
      if (peer?.status().state === 'connecting') await peer.run(AbortSignal.timeout(CONNECTS_MS))
  }

  /** What a person's word changes, once a take-over. */
  const insist = async (id: string): Promise<void> => {
    const { central, hub } = deciders()
    const now = known.get(id)
    if (now?.kind === 'elsewhere') await turnWords.want(now.at, id, me)
    if (now?.kind !== 'unsure') return
    if (now.atHub && central !== null) await turnWords.endHub(central, id, me)
    if (!now.atHub && hub !== null) say.note(id, { id: hub.status().id, msLeft: hubLasts }, clock())
  }

  return {
    of,
    async ask(id) {
      if (isMine(id) || !mine().includes(id)) return of(id)
      await connect()
      await lookInLine(id)
      return of(id)
    },
    async takeOver(id, signal) {
      if (!mine().includes(id)) return of(id)
      await connect()
      const end = clock() + lasts + SETTLES_MS
      let insisted: string | null = null
      while (!stopping && !signal.aborted) {
        const answered = await lookInLine(id)
        const now = known.get(id)
        if (!answered || isMine(id) || now === undefined || clock() > end) break
        // Who has it may be another by now.
        if (whose(now) !== insisted) {
          await insist(id).catch(error => log.warn({ error: String(error) }, 'a turn was not asked for'))
          insisted = whose(now)
          if (now.kind === 'unsure') {
            await lookInLine(id)
            break
          }
        }
        await new Promise(resolve => setTimeout(resolve, AGAIN_MS))
      }
      return of(id)
    },
    async during(id, work) {
      uses.set(id, (uses.get(id) ?? 0) + 1)
      try {
        return await work()
      } finally {
        uses.set(id, (uses.get(id) ?? 1) - 1)
        if (known.get(id)?.kind === 'elsewhere' && timer !== null) tick()
      }
    },
    asked() {
      if (timer !== null) tick()
    },
    async hubEnds(hubId) {
      const { central, hub } = deciders()
      if (hub?.status().id !== hubId) return
      for (const id of lookedAt()) {
        await lookInLine(id)
        if (central === null) continue
        const said = (await turnWords.look(central, id).catch(() => null)) ?? 'nobody'
        if (said !== 'nobody' && said.keeper === me)
          await turnWords.endHub(central, id, me).catch(() => undefined)
      }
    },
    async start() {
      stopping = false
      timer = setInterval(tick, lasts / 4)
      timer.unref()
      hearing ??= hear()
      tick()
    },
    async stop() {
      stopping = true
      hearing?.()
      hearing = null
      met.clear()
      if (timer !== null) clearInterval(timer)
      timer = null
      await working
      await Promise.all(lines.values())
      const { central, hub } = deciders()
      const there = [central, hub].filter(peer => peer?.status().state === 'in-step')
      // Whoever is next goes by what was done here.
      if ([...known.keys()].some(isMine))
        await Promise.all(there.map(peer => peer?.run(AbortSignal.timeout(FAREWELL_MS))))
      for (const id of [...known.keys()].filter(isMine))
        for (const peer of there)
          if (peer != null) await turnWords.release(peer, id, me).catch(() => undefined)
      known.clear()
    },
  }
}

const whose = (known: Known): string => (known.kind === 'elsewhere' ? known.laptop : known.kind)
