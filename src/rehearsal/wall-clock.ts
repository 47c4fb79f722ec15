/** What a clock on the wall of a zone shows, as the outside systems write it. Milliseconds UTC in, text out. */
export interface WallClock {
  /** 2026-05-08T09:05:01.23 */
  iso(at: number): string
  /** 09:05:01.23 */
  time(at: number): string
  /** 5/8/2026 09:05 */
  slashed(at: number): string
  /** 2026-05-08 09:05:01 */
  dashed(at: number): string
  /** 05/08/2026 */
  date(at: number): string
  /** The wall clock read as if it were UTC, in ms. */
  asUtc(at: number): number
}

const quarter = 15 * 60_000

export function createWallClock(zone: string): WallClock {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  // Zones change on quarter hours only, and Intl is slow: 60,000 registrations ask for their date.
  const offsets = new Map<number, number>()

  function offset(at: number): number {
    const slot = Math.floor(at / quarter)
    const known = offsets.get(slot)
    if (known !== undefined) return known
    const start = slot * quarter
    const parts = Object.fromEntries(format.formatToParts(start).map(part => [part.type, Number(part.value)]))
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
    const found = Date.UTC(year, month - 1, day, hour, minute, second) - start
    offsets.set(slot, found)
    return found
  }

  const asUtc = (at: number) => at + offset(at)
  const text = (at: number) => new Date(asUtc(at)).toISOString()
  return {
    asUtc,
    iso: at => text(at).slice(0, 22),
    time: at => text(at).slice(11, 22),
    dashed: at => text(at).slice(0, 19).replace('T', ' '),
    date: at => text(at).replace(/^(\d+)-(\d+)-(\d+).*$/, '$2/$3/$1'),
    slashed: at => {
      const wall = new Date(asUtc(at))
      const day = `${wall.getUTCMonth() + 1}/${wall.getUTCDate()}/${wall.getUTCFullYear()}`
      return `${day} ${wall.toISOString().slice(11, 16)}`
    },
  }
}
