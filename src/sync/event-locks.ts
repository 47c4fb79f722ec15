/** One run at a time at an event of a connection; the others wait for it. */
export interface EventLocks {
  hold<T>(connectionId: string, eventId: string, work: () => Promise<T>): Promise<T>
}

export function createEventLocks(): EventLocks {
  const last = new Map<string, Promise<void>>()
  return {
    async hold(connectionId, eventId, work) {
      const key = `${connectionId}|${eventId}`
      const before = last.get(key)
      let leave = (): void => {}
      const mine = new Promise<void>(resolve => {
        leave = resolve
      })
      last.set(key, mine)
      await before
      try {
        return await work()
      } finally {
        leave()
        if (last.get(key) === mine) last.delete(key)
      }
    },
  }
}
