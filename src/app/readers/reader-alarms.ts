import type { ReaderAlarm } from '../../api/readers.ts'
import type { StreamNotice } from '../../store/stream-notices.ts'
import type { DialStatus } from '../../timing/dialer.ts'
import type { PeerStatus } from '../../timing/peer-status.ts'

export interface AlarmFacts {
  /** Ms UTC. */
  readonly now: number
  /** A session runs, and its race day is today. */
  readonly raceDayOn: boolean
  readonly peers: readonly PeerStatus[]
  readonly called: readonly DialStatus[]
  /** Those not waved off. */
  readonly notices: readonly StreamNotice[]
}

export interface ReaderAlarms {
  /** All that is wrong now; what goes on keeps the moment it was first seen. */
  judge(facts: AlarmFacts): readonly ReaderAlarm[]
}

const CLOCK_OFF_MS = 1000
/** Three test chips are no alarm. */
const READS_NEEDED = 20
const UNKNOWN_SHARE = 0.2
/** So many times the share before is climbing. */
const CLIMB = 2
/** Who is back by himself by then was not gone. */
const GONE_MS = 5000

type Part<code extends ReaderAlarm['code']> = Extract<ReaderAlarm, { code: code }>

const placeOf = ({ locations }: PeerStatus): string | null => locations.join(', ') || null
export const nameOfPeer = ({ program, address }: PeerStatus): string => program ?? address

/** A chip file that does not fit, or another race's bibs: many of the last reads are nobody's, and more than before. */
function unknownClimbing(peer: PeerStatus, now: number): readonly Part<'unknown-climbing'>[] {
  const { lately, before } = peer
  if (lately.reads < READS_NEEDED) return []
  const share = lately.unknown / lately.reads
  const shareBefore = before.reads < READS_NEEDED ? null : before.unknown / before.reads
  if (share < UNKNOWN_SHARE || (shareBefore !== null && share < CLIMB * shareBefore)) return []
  const about = { device: nameOfPeer(peer), location: placeOf(peer), since: now }
  return [{ code: 'unknown-climbing', ...about, ...lately, share, shareBefore }]
}

const clocksOff = (peer: PeerStatus, now: number): readonly Part<'clock-off'>[] =>
  peer.clocks.flatMap(({ device, behindMs }) =>
    behindMs === null || Math.abs(behindMs) <= CLOCK_OFF_MS
      ? []
      : [{ code: 'clock-off', device, location: placeOf(peer), since: now, behindMs }],
  )

function ofNotice(notice: StreamNotice): ReaderAlarm {
  const { id: noticeId, device, streamLocation, seenAt, fromSequence: from, toSequence: to } = notice
  const about = { device, location: streamLocation || null, since: seenAt, noticeId, from, to }
  return notice.kind === 'gap'
    ? { code: 'gap', ...about, missing: to - from + 1 }
    : { code: 'numbers-restarted', ...about }
}

function away(peer: PeerStatus, now: number): readonly (Part<'silent'> | Part<'gone'>)[] {
  const { state, disconnectedAt, lastHeardAt, lastReadAt, protocol } = peer
  const about = { device: nameOfPeer(peer), location: placeOf(peer) }
  if (state === 'silent') return [{ code: 'silent', ...about, since: lastHeardAt }]
  // Those that are called are told by the list of them.
  if (disconnectedAt === null || now - disconnectedAt < GONE_MS || protocol === 'race-result') return []
  return [{ code: 'gone', ...about, since: disconnectedAt, lastReadAt }]
}

function notReached(line: DialStatus, { now, peers }: AlarmFacts): readonly Part<'gone'>[] {
  if (line.state === 'connected' || now - line.since < GONE_MS) return []
  const lastReadAt = peers.findLast(peer => peer.program === line.name)?.lastReadAt ?? null
  return [{ code: 'gone', device: line.name, location: line.location, since: line.since, lastReadAt }]
}

export function createReaderAlarms(): ReaderAlarms {
  let since = new Map<string, number>()
  return {
    judge(facts) {
      const { now, raceDayOn, peers, called, notices } = facts
      const there = peers.filter(peer => peer.disconnectedAt === null)
      const before = since
      since = new Map()
      const goesOn = there.flatMap(peer => [...unknownClimbing(peer, now), ...clocksOff(peer, now)])
      const kept = goesOn.map(alarm => {
        const key = `${alarm.code} ${alarm.device} ${alarm.location}`
        const first = before.get(key) ?? alarm.since
        since.set(key, first)
        return { ...alarm, since: first }
      })
      const absent = raceDayOn
        ? [...peers.flatMap(peer => away(peer, now)), ...called.flatMap(line => notReached(line, facts))]
        : []
      return [...absent, ...notices.map(ofNotice), ...kept]
    },
  }
}
