/** Tells listeners that something stands otherwise than they were told last. */
export interface Telling {
  /** To be called whenever it may stand otherwise. */
  look(): void
  /** It does stand otherwise, in something that `standing` leaves out. */
  changed(): void
  onChange(listener: () => void): () => void
  stop(): void
}

/** At most five times a second. */
const EVERY_MS = 200

/**
 * @param standing what they are told of, as JSON can say it. Without counts: those change with every read, and who shows
 *   them asks by the clock; told of each, screens would read everything again four times a second while reads pour in.
 */
export function createTelling(standing: () => unknown): Telling {
  const listeners = new Set<() => void>()
  let timer: NodeJS.Timeout | undefined
  let told: string | null = null
  const look = (): void => {
    if (listeners.size === 0) return
    timer ??= setTimeout(() => {
      timer = undefined
      const now = JSON.stringify(standing())
      if (now === told) return
      told = now
      for (const listener of [...listeners]) listener()
    }, EVERY_MS)
  }
  return {
    look,
    changed() {
      told = null
      look()
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    stop() {
      clearTimeout(timer)
      timer = undefined
    },
  }
}
