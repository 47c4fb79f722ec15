/** Lets floods from several readers' programs in one after the other, a chunk in a turn of the event loop. */
export interface FloodTurns {
  /** `goOn` is called when it is this one's turn, in the next turn of the event loop or later. */
  wait(goOn: () => void): void
}

/**
 * A program that has much to say fills chunks of 64 kB, a thousand reads that take some 15 ms. Three that are heard in
 * every turn of the loop hold it three times as long, for no more reads in all.
 */
export function createFloodTurns(): FloodTurns {
  const waiting: (() => void)[] = []
  let going = false
  const next = (): void => {
    waiting.shift()?.()
    going = waiting.length > 0
    if (going) setImmediate(next)
  }
  return {
    wait(goOn) {
      waiting.push(goOn)
      if (going) return
      going = true
      setImmediate(next)
    },
  }
}
