import { changedSince, type Mark, markOfNow } from '../../store/changed-people.ts'
import type { Reader } from '../../store/reader.ts'

/** All are gone through sooner than more people than this one by one. */
const SINGLY = 10_000
/** People who are looked up at once. */
const PIECE = 250
/** Race days that are followed at a time. */
const FOLLOWED = 2

/** What is worked out of every person of a race day. */
export interface FollowedWork<facts extends { readonly basis: string }, state> {
  /** Looked up each time; `basis` is what everybody's part follows from besides their own reads and row, written out. */
  facts(raceDayId: string): facts
  everybody(facts: facts): Promise<state>
  /** Takes some people's part out of the state, and puts it in as it is now. */
  again(facts: facts, state: state, ids: readonly string[]): Promise<void>
}

interface Followed<state> {
  readonly basis: string
  readonly mark: Mark
  readonly state: state
}

/**
 * Works out the state of a race day of everybody at first; after that, as long as the basis is the same, again only of
 * whoever has new counted reads or is in changed_people. Not to be asked twice at a time for one race day.
 */
export function createFollowed<facts extends { readonly basis: string }, state>(
  reader: Reader,
  { facts: factsOf, everybody, again }: FollowedWork<facts, state>,
): (raceDayId: string) => Promise<{ readonly facts: facts; readonly state: state }> {
  const followed = new Map<string, Followed<state>>()

  const workOut = async (facts: facts, before: Followed<state> | undefined): Promise<state> => {
    const changed = before?.basis === facts.basis ? changedSince(reader, before.mark, SINGLY) : null
    if (before === undefined || changed === null) return everybody(facts)
    for (let from = 0; from < changed.length; from += PIECE)
      await again(facts, before.state, changed.slice(from, from + PIECE))
    return before.state
  }

  return async raceDayId => {
    const mark = markOfNow(reader)
    const facts = factsOf(raceDayId)
    const before = followed.get(raceDayId)
    // What is not worked out to its end is not gone on with.
    followed.delete(raceDayId)
    const state = await workOut(facts, before)
    followed.set(raceDayId, { basis: facts.basis, mark, state })
    for (const id of followed.keys()) if (followed.size > FOLLOWED) followed.delete(id)
    return { facts, state }
  }
}
