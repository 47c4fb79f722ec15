/** Something that happens at a time. */
export interface Happening {
  /** ms UTC */
  readonly at: number
  readonly send: () => void
}

export interface Replay {
  start(): void
  stop(): void
  /** Happenings not yet sent. */
  readonly left: number
  /** True once everything that lies in the past has been sent. */
  readonly live: boolean
}

const tickMs = 25

/** Sends what is past in order at a limited rate, then everything at its own time. Sorted by `at`. */
export function createReplay(parts: {
  readonly happenings: readonly Happening[]
  readonly clock: () => number
  /** While it is behind; may be Infinity. */
  readonly perSecond: number
}): Replay {
  const { happenings, clock, perSecond } = parts
  let next = 0
  let allowed = 0
  let last = 0
  let timer: NodeJS.Timeout | undefined

  const isDue = () => (happenings[next]?.at ?? Number.POSITIVE_INFINITY) <= clock()

  function tick(): void {
    const now = clock()
    // At most a second's worth is saved up, so that a sleeping machine does not wake to a flood.
    allowed = Math.min(allowed + ((now - last) / 1000) * Math.min(perSecond, 1e9), perSecond)
    last = now
    while (allowed >= 1 && isDue()) {
      allowed -= 1
      happenings[next++]?.send()
    }
  }

  return {
    start() {
      last = clock()
      allowed = 1
      timer ??= setInterval(tick, tickMs)
    },
    stop() {
      clearInterval(timer)
      timer = undefined
    },
    get left() {
      return happenings.length - next
    },
    get live() {
      return !isDue()
    },
  }
}
