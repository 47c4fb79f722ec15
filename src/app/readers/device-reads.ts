import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Reader } from '../../store/reader.ts'

/** Ids of one turn of the event loop. */
const AT_ONCE = 10_000

/** A question to a session's reads in pieces, each with from < id ≤ to. */
async function inPieces(reader: Reader, ask: (from: number, to: number) => void): Promise<void> {
  const last = reader.get<{ id: number | null }>('SELECT MAX(id) AS id FROM timing_reads')?.id ?? 0
  for (let from = 0; from < last; from += AT_ONCE) {
    ask(from, Math.min(last, from + AT_ONCE))
    await nextTurn()
  }
}

export interface DeviceReads {
  readonly device: string
  readonly reads: number
  readonly guns: number
  /** By the device's own clock. */
  readonly firstAt: number | null
  readonly lastAt: number | null
  /** With a time, offset applied, that is none of the race. */
  readonly outside: number
}

const least = (one: number | null, other: number | null): number | null =>
  one === null ? other : other === null ? one : Math.min(one, other)
const most = (one: number | null, other: number | null): number | null =>
  one === null ? other : other === null ? one : Math.max(one, other)

/** What each device of a session has read, by its name. */
export async function devicesOf(reader: Reader, sessionId: string): Promise<readonly DeviceReads[]> {
  const found = new Map<string, DeviceReads>()
  await inPieces(reader, (from, to) => {
    const rows = reader.all<DeviceReads>(
      `SELECT r.device, COUNT(*) AS reads, SUM(r.kind = 'gun') AS guns, MIN(r.read_at) AS firstAt,
       MAX(r.read_at) AS lastAt, COUNT(l.read_id) AS outside FROM timing_reads r
       LEFT JOIN read_links l ON l.read_id = r.id AND l.reason = 'no-time' AND l.at IS NOT NULL
       WHERE r.id > ? AND r.id <= ? AND +r.session_id = ? AND r.kind IN ('chip', 'gun', 'manual') GROUP BY r.device`,
      from,
      to,
      sessionId,
    )
    for (const row of rows) {
      const sum = found.get(row.device)
      found.set(row.device, {
        device: row.device,
        reads: row.reads + (sum?.reads ?? 0),
        guns: row.guns + (sum?.guns ?? 0),
        firstAt: least(row.firstAt, sum?.firstAt ?? null),
        lastAt: most(row.lastAt, sum?.lastAt ?? null),
        outside: row.outside + (sum?.outside ?? 0),
      })
    }
  })
  return [...found.values()].sort((one, other) => one.device.localeCompare(other.device))
}

/** How many of a device's reads, and guns among them, its clock gave a time within some ranges, ms from and before. */
export async function readsWithin(
  reader: Reader,
  sessionId: string,
  device: string,
  ranges: readonly (readonly [number, number])[],
): Promise<{ readonly reads: number; readonly guns: number }> {
  const sum = { reads: 0, guns: 0 }
  if (ranges.length === 0) return sum
  const list = JSON.stringify(ranges)
  await inPieces(reader, (from, to) => {
    const row = reader.get<{ reads: number; guns: number | null }>(
      `SELECT COUNT(*) AS reads, SUM(r.kind = 'gun') AS guns FROM timing_reads r
       WHERE r.id > ? AND r.id <= ? AND +r.session_id = ? AND r.device = ? AND r.kind IN ('chip', 'gun', 'manual')
         AND EXISTS (SELECT 1 FROM json_each(?) WHERE r.read_at >= value ->> 0 AND r.read_at < value ->> 1)`,
      from,
      to,
      sessionId,
      device,
      list,
    )
    sum.reads += row?.reads ?? 0
    sum.guns += row?.guns ?? 0
  })
  return sum
}
