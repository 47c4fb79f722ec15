import type { WallClock } from './wall-clock.ts'

/** One line of a location's stream: a chip, or the gun. */
export interface StreamRow {
  /** As the box writes it: some pad with zeros. `guntime` for a gun. */
  readonly tag: string
  /** ms UTC */
  readonly at: number
  readonly lap: number
  /** 6 hex digits: the reader's, or the controller's for a gun. */
  readonly readerId: string
  readonly gator: number
}

/** What the scoring side asked for in its greeting; see the option table of CTP01 for the defaults. */
export interface Ctp01Settings {
  readonly single: boolean
  readonly guntimes: boolean
  readonly newlocations: boolean
  readonly push: boolean
  readonly acks: boolean
  readonly holdUntilAsked: boolean
  readonly timeFormat: string
}

export function readSettings(lines: readonly string[]): Ctp01Settings {
  const asked = new Map(lines.map(line => split(line)))
  return {
    single: asked.get('location') === 'single',
    guntimes: asked.get('guntimes') === 'true',
    newlocations: asked.get('newlocations') === 'true',
    push: asked.get('stream-mode') === 'push',
    acks: asked.get('pushmode-ack') === 'true',
    holdUntilAsked: asked.get('connection-id') === 'true',
    timeFormat: asked.get('time-format') ?? 'normal',
  }
}

function split(line: string): [string, string] {
  const at = line.indexOf('=')
  return [line.slice(0, at).trim(), line.slice(at + 1).trim()]
}

/** CT01_33~seq~location~tag~time~lap~reader~gator, the vendor's field order. */
export function tagLine(
  seq: number,
  location: string,
  row: StreamRow,
  format: string,
  wall: WallClock,
): string {
  const time = timeText(row.at, format, wall)
  return `CT01_33~${seq}~${location}~${row.tag}~${time}~${row.lap}~${row.readerId}~${row.gator}\r\n`
}

/** The controller's wall clock in the format asked for; `unix` is that clock as if it were UTC. */
function timeText(at: number, format: string, wall: WallClock): string {
  switch (format) {
    case 'iso':
      return wall.iso(at)
    case 'unix':
      return (Math.floor(wall.asUtc(at) / 10) / 100).toFixed(2)
    case 'msecs':
      return String(wall.asUtc(at) % 86_400_000)
    default:
      return wall.time(at)
  }
}
