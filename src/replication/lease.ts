import type { Clock, Log, Service } from '../core/runtime.ts'
import type { Store } from '../store/store.ts'
import { createHubSay } from './hub-say.ts'
import type { Peer } from './peer.ts'
import { askerOf, type BothSaid, createBetween } from './turn-between.ts'
import { type Asker, isItsOwn, isLive, type Taking, type TurnSaid, turnWords } from './turn-words.ts'

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

/** Who says whose turn it is. */
export interface Deciders {
  /** Somebody says it, whether it runs or not: without, this laptop works alone. */
  readonly joined: boolean
  /** The company's database, if it was joined. */
  readonly central: Peer | null
  /** The site's hub, if this laptop is on one. */
  readonly hub: Peer | null
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
const SETTLES_MS = 10_000
const FAREWELL_MS = 3_000

type Known =
  | { readonly kind: 'mine'; readonly until: number }
  | { readonly kind: 'elsewhere'; readonly laptop: string; readonly until: number; readonly at: Peer }
  | { readonly kind: 'unsure'; readonly atHub: boolean }

/**
 * Keeps the turns of connections whose keys are on this laptop. A turn that is new begins only when all that others did
 * is here: whoever had it before may have sent what this laptop would send again.
 *
 * Who reaches the central database and the hub of a site has a turn only where both give it, keeps at each what the other
 * says, and lets the central database decide between them. It says there which hub it is on: that one's word counts for
 * an hour to who cannot ask further.
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

  const taking = (connectionId: string, more: Partial<Taking>): Taking => ({
    ...{ connectionId, laptopId: me, lastsMs: lasts, hub: null, hubLastsMs: hubLasts, keepFor: null },
    ...more,
  })
  const between = createBetween(me, taking)
  const hasAll = async (from: readonly Peer[]): Promise<boolean> => {
    for (const peer of from) await peer.run(AbortSignal.timeout(SETTLES_MS))
    return from.every(peer => peer.status().state === 'in-step')
  }

  const begin = async (id: string, until: number, from: readonly Peer[]): Promise<void> => {
    // What was not brought is not taken over: it is asked for again in a moment.
    if (!isMine(id) && !(await hasAll(from))) return
    known.set(id, { kind: 'mine', until })
  }
  const isElsewhere = (id: string, said: TurnSaid, askedAt: number, at: Peer): void => {
    const ahead = said.msLeft > 0 ? { name: said.holderName, ms: said.msLeft } : null
    // Over, and promised to who asked for it.
    const next = ahead ?? (said.wantedBy === null ? null : { name: said.wantedBy.name, ms: lasts })
    if (next === null) known.set(id, { kind: 'unsure', atHub: true })
    else known.set(id, { kind: 'elsewhere', laptop: next.name, until: askedAt + next.ms, at })
  }

  /** To who asked for it, once nothing is under way here and all that was done is there. */
  const handOver = async (
    id: string,
    { central, hub }: Pick<Deciders, 'central' | 'hub'>,
    asker: { readonly who: Asker; readonly at: Peer },
    until: number,
  ): Promise<void> => {
    const { who, at } = asker
    known.set(id, { kind: 'elsewhere', laptop: who.name, until, at })
    const other = at === central ? hub : central
    // There it is whoever's it will be: nobody else takes it in between, and nothing says that it is still ours.
    if (other !== null)
      await turnWords.take(other, taking(id, { keepFor: who, hub: at === hub ? at.status().id : null }))
    if ((uses.get(id) ?? 0) > 0 || !(await hasAll(other === null ? [at] : [at, other]))) return
    if (at === central && other !== null) await turnWords.endHub(central, id, me)
    await turnWords.release(at, id, me)
  }

  const ofBoth = async (
    id: string,
    { central, hub }: { readonly central: Peer; readonly hub: Peer },
    said: BothSaid,
    askedAt: number,
  ): Promise<void> => {
    const hubId = hub.status().id
    const sides = { central: { at: central, said: said.central }, hub: { at: hub, said: said.hub } }
    const there = isLive(said.central) && isItsOwn(said.central) ? said.central : null
    if (there !== null && there.holder !== me) {
      isElsewhere(id, there, askedAt, central)
      const keepFor = { id: there.holder, name: there.holderName }
      await between.keep(sides.hub, sides.central, id, { keepFor, hub: null })
      return
    }
    // Let go there, and promised: what is kept here for who had it goes to the same, and to nobody else.
    const over = said.central === 'nobody' || said.central.msLeft > 0 ? null : said.central
    const promised = over?.wantedBy ?? null
    if (promised !== null && promised.id !== me) {
      known.set(id, { kind: 'elsewhere', laptop: promised.name, until: askedAt + lasts, at: central })
      const asksHere = said.hub !== 'nobody' && said.hub.wantedBy?.id === promised.id
      if (isLive(said.hub) && said.hub.keeper === me && asksHere) await turnWords.release(hub, id, me)
      else await turnWords.take(hub, taking(id, { keepFor: promised }))
      return
    }
    const here = isLive(said.hub) && isItsOwn(said.hub) ? said.hub : null
    if (here !== null && here.holder !== me) {
      isElsewhere(id, here, askedAt, hub)
      const keepFor = { id: here.holder, name: here.holderName }
      if (there !== null) await between.want(sides.hub, id)
      else await between.keep(sides.central, sides.hub, id, { keepFor, hub: hubId })
      return
    }
    if (!mine().includes(id)) {
      // Asked for here, and let go there.
      const asker = askerOf(said.central, central, me) ?? askerOf(said.hub, hub, me)
      if (asker !== null) await handOver(id, { central, hub }, asker, askedAt + lasts)
      else known.delete(id)
      return
    }
    const first = await turnWords.take(hub, taking(id, {}))
    if (first === null) return
    if (first.keeper !== me) {
      isElsewhere(id, first, askedAt, hub)
      if (first.holder === me) await between.want({ at: hub, said: first }, id)
      return
    }
    const second = await turnWords.take(central, taking(id, { hub: hubId }))
    if (second === null) return
    say.note(id, second.hub, askedAt)
    if (second.keeper !== me) {
      isElsewhere(id, second, askedAt, central)
      if (second.holder === me) await between.want({ at: central, said: second }, id)
      return
    }
    const until = askedAt + Math.min(first.msLeft, second.msLeft)
    const asker = askerOf(second, central, me) ?? askerOf(first, hub, me)
    if (asker !== null) await handOver(id, { central, hub }, asker, until)
    else await begin(id, until, [central, hub])
  }

  const ofCentral = async (id: string, central: Peer, askedAt: number): Promise<void> => {
    const said = await turnWords.take(central, taking(id, {}))
    if (said === null) return
    say.note(id, said.hub, askedAt)
    if (said.keeper !== me) {
      isElsewhere(id, said, askedAt, central)
      if (said.holder === me) await between.want({ at: central, said }, id)
      return
    }
    const until = askedAt + said.msLeft
    const asker = askerOf(said, central, me)
    if (asker !== null) await handOver(id, { central, hub: null }, asker, until)
    // Whoever is on that hub goes by its word.
    else if (said.hub !== null) known.set(id, { kind: 'unsure', atHub: true })
    else await begin(id, until, [central])
  }

  const ofHub = async (
    id: string,
    { central, hub }: { readonly central: Peer | null; readonly hub: Peer },
    there: TurnSaid | 'nobody',
    askedAt: number,
  ): Promise<void> => {
    const decides = central === null || say.decides(id, hub.status().id, clock())
    if (!decides && isLive(there) && there.keeper === me && there.holder !== me) {
      if (of(id).kind !== 'elsewhere') known.set(id, { kind: 'unsure', atHub: false })
      const keepFor = { id: there.holder, name: there.holderName }
      await turnWords.take(hub, taking(id, { keepFor }))
      return
    }
    const said = await turnWords.take(hub, taking(id, {}))
    if (said === null) return
    if (said.keeper !== me) {
      isElsewhere(id, said, askedAt, hub)
      if (said.holder === me) await between.want({ at: hub, said }, id)
      return
    }
    const until = askedAt + said.msLeft
    const asker = askerOf(said, hub, me)
    if (asker !== null) await handOver(id, { central: null, hub }, asker, until)
    else if (decides) await begin(id, until, [hub])
    else known.set(id, { kind: 'unsure', atHub: false })
  }

  /** @returns whether anybody said anything */
  const look = async (id: string): Promise<boolean> => {
    const { central, hub } = deciders()
    const askedAt = clock()
    const atHub = hub === null ? null : await turnWords.look(hub, id)
    const atCentral = central === null ? null : await turnWords.look(central, id)
    if (central !== null && atCentral !== null && atCentral !== 'nobody') say.note(id, atCentral.hub, askedAt)
    if (central !== null && hub !== null && atCentral !== null && atHub !== null)
      await ofBoth(id, { central, hub }, { central: atCentral, hub: atHub }, askedAt)
    else if (!mine().includes(id)) known.delete(id)
    else if (central !== null && atCentral !== null) await ofCentral(id, central, askedAt)
    else if (hub !== null && atHub !== null) await ofHub(id, { central, hub }, atHub, askedAt)
    return atCentral !== null || atHub !== null
  }

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
