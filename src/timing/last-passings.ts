/** One person at one location of a session: the reads among which duplicates are told. */
export interface Group {
  readonly sessionId: string
  readonly participantId: string
  readonly locationId: string
}

/** The last passing of a group: enough to place any read after its first. */
export interface LastPassing {
  readonly beganAt: number
  /** Which of its reads counts. */
  readonly countedId: number
}

/** Of a group that has no read yet: any read begins a passing. */
export const NO_PASSING: LastPassing = { beganAt: Number.NEGATIVE_INFINITY, countedId: 0 }

/** Remembered, null for a group with a read keyed by hand, which is always counted as a whole. */
export interface LastPassings {
  get(group: Group): LastPassing | null | undefined
  remember(group: Group, last: LastPassing | null): void
  forget(): void
}

/** Some 100 bytes each: a race of 60,000 has several hundred thousand. */
const REMEMBERED = 300_000

/** By location, then by person: a text for each group of its own would be most of the memory. */
export function createLastPassings(): LastPassings {
  const places = new Map<string, Map<string, LastPassing | null>>()
  let remembered = 0
  const forget = (): void => {
    places.clear()
    remembered = 0
  }
  return {
    get: ({ locationId, participantId }) => places.get(locationId)?.get(participantId),
    remember({ locationId, participantId }, last) {
      if (remembered >= REMEMBERED) forget()
      const people = places.get(locationId) ?? new Map<string, LastPassing | null>()
      const before = people.size
      places.set(locationId, people.set(participantId, last))
      remembered += people.size - before
    },
    forget,
  }
}
