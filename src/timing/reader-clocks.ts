/** A device's clock against this laptop's. */
export interface ReaderClock {
  readonly device: string
  /** Ms; positive: the reader's clock is behind the laptop's. Null: not known. */
  readonly behindMs: number | null
  /** When its newest read came. */
  readonly heardAt: number
}

export interface ReaderClocks {
  /** A read came in. Moments are ms UTC. False if there are more devices than are followed. */
  heard(device: string, readAt: number, receivedAt: number): boolean
  read(device: string): ReaderClock | null
}

/** The last reads that are looked at, by their arrival. */
const WINDOW_S = 60
/** How much later than the quickest a read may come and still tell the same. */
const NEAR_MS = 1000
const SECONDS_NEEDED = 3
/** What calls itself a device may be noise. */
const DEVICES_KEPT = 500

/**
 * How far readers' clocks are off, told from arrival minus read time. A read takes its way through the reader and the
 * network, so the quickest of the last minute is the nearest to the clocks' difference.
 *
 * A backlog must not be taken for a slow clock: what was stored on the way is sent faster than it was read, so that its
 * delay falls from read to read and hardly two seconds of arrival agree. Of live reads many do. So the quickest counts
 * only where reads of three different seconds came within a second of it; else the clock is not known.
 */
export function createReaderClocks(): ReaderClocks {
  /** Of a device: the least delay in each second of arrival. */
  const devices = new Map<string, Map<number, number>>()
  const newest = new Map<string, number>()

  return {
    heard(device, readAt, receivedAt) {
      let seconds = devices.get(device)
      if (seconds === undefined) {
        if (devices.size >= DEVICES_KEPT) return false
        seconds = new Map()
        devices.set(device, seconds)
      }
      newest.set(device, receivedAt)
      const second = Math.floor(receivedAt / 1000)
      const delay = receivedAt - readAt
      const least = seconds.get(second)
      if (least !== undefined) {
        if (delay < least) seconds.set(second, delay)
        return true
      }
      seconds.set(second, delay)
      for (const old of seconds.keys()) if (Math.abs(second - old) >= WINDOW_S) seconds.delete(old)
      return true
    },
    read(device) {
      const seconds = devices.get(device)
      const heardAt = newest.get(device)
      if (seconds === undefined || heardAt === undefined) return null
      const delays = [...seconds.values()]
      const quickest = Math.min(...delays)
      const near = delays.filter(delay => delay - quickest <= NEAR_MS).length
      return { device, behindMs: near >= SECONDS_NEEDED ? quickest : null, heardAt }
    },
  }
}
