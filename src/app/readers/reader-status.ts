import type { ReaderNotice, ReaderShown, ReadersStatus } from '../../api/readers.ts'
import type { Clock, Service } from '../../core/runtime.ts'
import { dateAt } from '../../core/time.ts'
import type { Reader } from '../../store/reader.ts'
import { sessionContext } from '../../store/reads.ts'
import type { Store } from '../../store/store.ts'
import { type StreamNotice, streamNotices } from '../../store/stream-notices.ts'
import type { PeerStatus } from '../../timing/peer-status.ts'
import { currentSession } from '../current-session.ts'
import { createReaderAlarms, nameOfPeer } from './reader-alarms.ts'
import type { Readers } from './readers.ts'

export interface ReaderStatus extends Service {
  now(): ReadersStatus
}

export interface ReaderStatusParts {
  readonly store: Store
  readonly readers: Readers
  readonly clock: Clock
  /** An alarm began or ended. */
  readonly changed: () => void
}

/** Silence makes no event: alarms are looked at so often. */
const LOOK_MS = 1000
const NOTICES_SHOWN = 200

/** How a connection is named to callers. */
export const keyOfPeer = ({ protocol, id }: PeerStatus): string => `${protocol}-${id}`

export function noticeShown(notice: StreamNotice): ReaderNotice {
  const { id, kind, sessionId, device, streamLocation, seenAt, wavedOffAt, wavedOffBy, reason } = notice
  return {
    ...{ id, kind, sessionId, device, seenAt },
    location: streamLocation || null,
    from: notice.fromSequence,
    to: notice.toSequence,
    wavedOff: wavedOffAt === null ? null : { at: wavedOffAt, by: wavedOffBy ?? '', reason },
  }
}

function readerShown(peer: PeerStatus): ReaderShown {
  const { protocol, address, eventName, state, lastError, connectedAt, disconnectedAt, lastHeardAt } = peer
  const { lastReadAt, reads, redelivered, unknown, refused, readsPerSecond, latency } = peer
  return {
    ...{ key: keyOfPeer(peer), name: nameOfPeer(peer), protocol, address, eventName, state, lastError },
    ...{ connectedAt, disconnectedAt, lastHeardAt, lastReadAt },
    ...{ reads, redelivered, unknown, refused, readsPerSecond },
    locations: [...peer.locations],
    latency: latency === null ? null : { minMs: latency.min, averageMs: latency.average, maxMs: latency.max },
    clocks: peer.clocks.map(clock => ({ ...clock })),
  }
}

/** Whether the session that is timed now is of today. */
function isRaceDayOn(reader: Reader, sessionId: string | null, now: number): boolean {
  const session = sessionId === null ? null : sessionContext(reader, sessionId)
  return session !== null && session.date === dateAt(now, session.timezone)
}

/** How it stands with everything that brings reads, and what is wrong. */
export function createReaderStatus({ store, readers, clock, changed }: ReaderStatusParts): ReaderStatus {
  const { read } = store
  const alarms = createReaderAlarms()
  let timer: NodeJS.Timeout | undefined
  let told = ''

  const now = (): ReadersStatus => {
    const at = clock()
    const sessionId = currentSession(read)
    const peers = readers.peers()
    const called = readers.dialer.status()
    const notices = streamNotices(read, sessionId, NOTICES_SHOWN)
    return {
      ...{ at, sessionId },
      doors: readers.doors().map(door => ({ ...door })),
      readers: peers.map(readerShown),
      called: called.map(line => ({ ...line })),
      notices: notices.map(noticeShown),
      alarms: [
        ...alarms.judge({
          ...{ now: at, peers, called, raceDayOn: isRaceDayOn(read, sessionId, at) },
          notices: notices.filter(notice => notice.wavedOffAt === null),
        }),
      ],
    }
  }

  return {
    async start() {
      timer = setInterval(() => {
        const said = JSON.stringify(
          now().alarms.map(({ code, device, location, since }) => [code, device, location, since]),
        )
        if (said !== told) changed()
        told = said
      }, LOOK_MS)
      timer.unref()
    },
    async stop() {
      clearInterval(timer)
    },
    now,
  }
}
