/** Work this short is done whenever it is asked for. */
const SHORT_MS = 5
/** After work of a ms there is none for so many: it takes at most a tenth of the time. */
const REST = 9
const LONGEST_REST_MS = 4000

interface Slot<result> {
  /** Asked for and not begun: whoever asks now has part in it. */
  next: Promise<result> | null
  running: Promise<unknown>
  restUntil: number
}

/**
 * Work that screens ask for again and again while reads pour in: done once for all who wait for it, with a rest after
 * it. What is answered was looked up after it was asked for.
 */
export function createPaced<result>(
  work: (of: string) => result | Promise<result>,
  restOf = REST,
): (of: string) => Promise<result> {
  const slots = new Map<string, Slot<result>>()
  return of => {
    const slot = slots.get(of) ?? { next: null, running: Promise.resolve(), restUntil: 0 }
    slots.set(of, slot)
    const run = async (): Promise<result> => {
      await slot.running
      const rest = slot.restUntil - performance.now()
      if (rest > 0) await new Promise(resolve => setTimeout(resolve, rest).unref())
      slot.next = null
      const began = performance.now()
      const working = (async () => work(of))()
      slot.running = working.then(
        () => {},
        () => {},
      )
      try {
        return await working
      } finally {
        const took = performance.now() - began
        slot.restUntil = took < SHORT_MS ? 0 : performance.now() + Math.min(took * restOf, LONGEST_REST_MS)
      }
    }
    slot.next ??= run()
    return slot.next
  }
}
