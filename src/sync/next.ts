/** An operation that waits for its turn. */
export interface Waiting {
  readonly operationId: string
  readonly connectionId: string
  /** Whose registrations: the source's account. */
  readonly account: string
  /** Null: all of the connection. */
  readonly eventIds: readonly string[] | null
  /** Somebody stands there and waits. */
  readonly manual: boolean
  /** A race is near. */
  readonly urgent: boolean
  readonly deadlineAt: number
}

export type Under = Omit<Waiting, 'operationId' | 'deadlineAt'>

type Lane = 'ordinary' | 'urgent' | 'manual'

/** Runs side by side: enough that a slow provider holds nobody up, few enough for a laptop. */
const PLACES: Readonly<Record<Lane, number>> = { ordinary: 4, urgent: 6, manual: 3 }
/** Of one account: one that is slow or failing keeps no other from its place. */
const OF_ACCOUNT: Readonly<Record<Lane, number>> = { ordinary: 1, urgent: 3, manual: 2 }

const laneOf = ({ manual, urgent }: Pick<Waiting, 'manual' | 'urgent'>): Lane =>
  manual ? 'manual' : urgent ? 'urgent' : 'ordinary'

/** Whether two may not run at the same time: they would write the same event. */
const clash = (one: Under | Waiting, other: Under): boolean => {
  if (one.connectionId !== other.connectionId) return false
  const [mine, theirs] = [one.eventIds, other.eventIds]
  // A run of everything waits at the event another is at; two of everything are one after the other.
  if (mine === null || theirs === null) return mine === theirs
  return mine.some(id => theirs.includes(id))
}

/**
 * Who goes next: what somebody waits for, then by the deadline that follows from each event's start. Null: nobody may.
 * @param isClosed whether an account of the operation is left alone for now; a person may try it all the same
 */
export function chooseNext(
  waiting: readonly Waiting[],
  running: readonly Under[],
  isClosed: (each: Waiting) => boolean,
): Waiting | null {
  const may = waiting.filter(each => {
    if (running.some(other => clash(each, other))) return false
    if (!each.manual && isClosed(each)) return false
    const lane = laneOf(each)
    const beside = running.filter(other => laneOf(other) === lane)
    const ofAccount = beside.filter(other => other.account === each.account)
    return beside.length < PLACES[lane] && ofAccount.length < OF_ACCOUNT[lane]
  })
  const [next = null] = may.sort(
    (one, other) =>
      Number(other.manual) - Number(one.manual) ||
      Number(other.urgent) - Number(one.urgent) ||
      one.deadlineAt - other.deadlineAt ||
      (one.operationId < other.operationId ? -1 : 1),
  )
  return next
}
