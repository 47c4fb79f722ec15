import type { Peer } from './peer.ts'
import { type Asker, isItsOwn, isLive, type Taking, type TurnSaid, turnWords } from './turn-words.ts'

/** What two peers say of one turn, asked in one moment. */
export interface BothSaid {
  readonly central: TurnSaid | 'nobody'
  readonly hub: TurnSaid | 'nobody'
}

/** One of two peers, and what it says. */
export interface Side {
  readonly at: Peer
  readonly said: TurnSaid | 'nobody'
}

/** How a turn of others goes from one peer to the other, by who reaches both: whether it has the keys or not. */
export interface Between {
  /** It is asked for where its holder hears it; who was asked and is busy is not asked again. */
  want(side: Side, id: string): Promise<unknown>
  /**
   * What one peer says is kept at the other, unless who it is kept for asks for it there. Whoever else asks for it there
   * is heard here.
   * @param from where its holder is
   */
  keep(
    side: Side,
    from: Side,
    id: string,
    more: Pick<Taking, 'hub'> & { readonly keepFor: Asker },
  ): Promise<unknown>
}

export function createBetween(
  me: string,
  taking: (connectionId: string, more: Partial<Taking>) => Taking,
): Between {
  const want: Between['want'] = async ({ at, said }, id) =>
    said === 'nobody' || said.wantedBy?.id === me ? null : turnWords.wantOf(at, id, me, said.holder)
  return {
    want,
    async keep({ at, said }, from, id, more) {
      if (!isLive(said)) return turnWords.take(at, taking(id, more))
      const { keeper, holder, wantedBy } = said
      if (keeper === me) {
        const isSame = holder === more.keepFor.id
        if (isSame && wantedBy?.id === holder) return turnWords.release(at, id, me)
        if (isSame && wantedBy !== null && wantedBy.id !== me) await want(from, id)
        return turnWords.take(at, taking(id, more))
      }
      // Its holder there is another than the central database says.
      if (isItsOwn(said) && holder !== more.keepFor.id) return want({ at, said }, id)
      return null
    },
  }
}

/** Who asked for a turn that is this laptop's, or is kept by it. */
export const askerOf = (said: TurnSaid | 'nobody', at: Peer, me: string) =>
  said === 'nobody' || said.keeper !== me || said.wantedBy === null || said.wantedBy.id === me
    ? null
    : { who: said.wantedBy, at }
