import type { Clock } from '../core/runtime.ts'
import type { Store } from '../store/store.ts'
import type { HubSay } from './hub-say.ts'
import type { Peer } from './peer.ts'
import { askerOf, type BothSaid, createBetween } from './turn-between.ts'
import { type Asker, isItsOwn, isLive, type Taking, type TurnSaid, turnWords } from './turn-words.ts'

/** Who says whose turn it is. */
export interface Deciders {
  /** Somebody says it, whether it runs or not: without, this laptop works alone. */
  readonly joined: boolean
  /** The company's database, if it was joined. */
  readonly central: Peer | null
  /** The site's hub, if this laptop is on one. */
  readonly hub: Peer | null
}

/** What was heard of a turn last; times by this laptop's clock. */
export type Known =
  | { readonly kind: 'mine'; readonly until: number }
  | { readonly kind: 'elsewhere'; readonly laptop: string; readonly until: number; readonly at: Peer }
  | { readonly kind: 'unsure'; readonly atHub: boolean }

export interface LookParts {
  readonly store: Store
  readonly clock: Clock
  readonly deciders: () => Deciders
  readonly say: HubSay
  /** By connection; each look writes down what it heard. */
  readonly known: Map<string, Known>
  readonly kindOf: (connectionId: string) => Known['kind']
  /** Connections that this laptop could run. */
  readonly mine: () => readonly string[]
  /** Something is being sent for it. */
  readonly isUsed: (connectionId: string) => boolean
  readonly lastsMs: number
  readonly hubLastsMs: number
}

/** So long a peer may take to bring what it has. */
export const SETTLES_MS = 10_000

/**
 * Asks whoever can be asked whose turn a connection is, and takes, renews, keeps or hands it over accordingly. What comes
 * of it says whether anybody answered.
 *
 * Who reaches the central database and the hub of a site has a turn only where both give it, keeps at each what the other
 * says, and lets the central database decide between them. It says there which hub it is on: that one's word counts for
 * an hour to who cannot ask further.
 */
export function createLook(parts: LookParts): (connectionId: string) => Promise<boolean> {
  const { store, clock, deciders, say, known, kindOf, mine, isUsed } = parts
  const { lastsMs: lasts, hubLastsMs: hubLasts } = parts
  const me = store.laptopId

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
    if (kindOf(id) !== 'mine' && !(await hasAll(from))) return
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
    if (isUsed(id) || !(await hasAll(other === null ? [at] : [at, other]))) return
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
      if (kindOf(id) !== 'elsewhere') known.set(id, { kind: 'unsure', atHub: false })
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

  return async id => {
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
}
