import { NativeSelect } from '@mantine/core'
import { memo, useDeferredValue, useEffect, useRef, useState } from 'react'
import type { RaceDay } from '../../../api/race-day.ts'
import type { Read, Session } from '../../../api/timing.ts'
import type { LinkState } from '../../../core/model.ts'
import { Button } from '../../components/Button.tsx'
import { Panel, PanelTitle, Scroll } from '../../components/Panel.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { useNow } from '../../components/use-now.ts'
import { useReads, useTimingStatus } from '../../queries.ts'
import { useDesk } from '../../state/desk.ts'
import { counted, rate } from '../../words/numbers.ts'
import { stateInWords, whoseRead } from '../../words/reads.ts'
import { ago, clockExact, raceTime } from '../../words/time.ts'
import styles from './LiveReads.module.css'
import { type Nobodys, WhoseIsIt } from './WhoseIsIt.tsx'

const PAGE = 50
const MOST = 1000

interface LiveReadsProps {
  readonly raceDay: RaceDay
  readonly session: Session | null
}

/** Reads as they come, newest first. */
export function LiveReads({ raceDay, session }: LiveReadsProps) {
  const [location, setLocation] = useState('')
  const [state, setState] = useState<LinkState | ''>('')
  const [limit, setLimit] = useState(PAGE)
  const [assigning, setAssigning] = useState<Nobodys | null>(null)
  const show = useDesk(desk => desk.show)
  const reads = useReads(
    {
      limit,
      ...(session === null ? {} : { sessionId: session.id }),
      ...(location === '' ? {} : { location }),
      ...(state === '' ? {} : { state }),
    },
    session !== null,
  )
  // Drawn when there is time for it: at a start all rows are new each time, and the keys at the desk go first.
  const rows = useDeferredValue(reads.data)?.reads ?? []
  const zone = session?.timezone ?? raceDay.timezone
  const seen = useNewerThan(rows)
  // Where all are new, a mark would tell nothing.
  const newerThan = (rows.at(-1)?.id ?? 0) > seen ? Number.POSITIVE_INFINITY : seen
  return (
    <Panel label="Reads">
      <PanelTitle title="Live reads" aside={<Feed />} />
      <div className={styles.filters}>
        <NativeSelect
          aria-label="Location"
          size="xs"
          value={location}
          onChange={event => setLocation(event.currentTarget.value)}
          data={[
            { value: '', label: 'All locations' },
            ...(session?.locations ?? []).map(one => ({ value: one.locationName, label: one.locationName })),
          ]}
        />
        <NativeSelect
          aria-label="State"
          size="xs"
          value={state}
          onChange={event => setState(event.currentTarget.value as LinkState | '')}
          data={[
            { value: '', label: 'All reads' },
            { value: 'linked', label: 'Linked' },
            { value: 'duplicate', label: 'Read again' },
            { value: 'unlinked', label: 'Nobody’s' },
          ]}
        />
      </div>
      <TroubleNote error={reads.error} what="Reads not read" onRefetch={() => void reads.refetch()} />
      <Scroll>
        <table className={styles.reads} aria-label="Live reads">
          <colgroup>
            <col className={styles.time} />
            <col className={styles.location} />
            <col className={styles.bib} />
            <col />
            <col className={styles.race} />
          </colgroup>
          <thead>
            <tr>
              <th scope="col">Time</th>
              <th scope="col">Location</th>
              <th scope="col">Bib</th>
              <th scope="col">Name</th>
              <th scope="col" className="number">
                Race time
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(read => (
              <Row
                key={read.id}
                read={read}
                zone={zone}
                fresh={read.id > newerThan}
                onShow={show}
                onAssign={setAssigning}
              />
            ))}
          </tbody>
        </table>
        {session === null && <p className={styles.none}>No timing session for this race day.</p>}
        {session !== null && reads.isSuccess && rows.length === 0 && (
          <p className={styles.none}>
            {location === '' && state === '' ? 'No read yet.' : 'No read of this kind.'}
          </p>
        )}
        {reads.data?.next != null && limit < MOST && (
          <p className={styles.none}>
            <Button small onClick={() => setLimit(Math.min(MOST, limit + 300))}>
              Show older reads
            </Button>
          </p>
        )}
      </Scroll>
      {assigning && <WhoseIsIt raceDay={raceDay} nobodys={assigning} onClose={() => setAssigning(null)} />}
    </Panel>
  )
}

const FRESH_MS = 3000

/**
 * The newest read that has been on the screen for some seconds: later ones are marked. Without an animation: at a
 * start all rows are new, and fading them frame by frame takes the time that the keys at the desk need.
 */
function useNewerThan(rows: readonly Read[]): number {
  const newest = rows[0]?.id ?? null
  const latest = useRef(newest)
  const [seen, setSeen] = useState(newest)
  const waiting = newest !== null && (seen === null || newest > seen)
  useEffect(() => {
    latest.current = newest
  }, [newest])
  useEffect(() => {
    if (!waiting) return
    const now = latest.current
    // What is there at first is not new.
    if (seen === null) return setSeen(now)
    const timer = setTimeout(() => setSeen(now), FRESH_MS)
    return () => clearTimeout(timer)
  }, [waiting, seen])
  return seen ?? Number.POSITIVE_INFINITY
}

function Feed() {
  const now = useNow(500)
  const status = useTimingStatus().data
  if (!status) return null
  const newest = status.lastReadAt === null ? 'none yet' : `newest ${ago(status.lastReadAt, now)}`
  return `${counted(status.reads, 'read')} · ${rate(status.readsPerSecond)}/s · ${newest}`
}

interface RowProps {
  readonly read: Read
  readonly zone: string
  readonly fresh: boolean
  readonly onShow: (personId: string) => void
  readonly onAssign: (nobodys: Nobodys) => void
}

const Row = memo(function Row({ read, zone, fresh, onShow, onAssign }: RowProps) {
  const { participantId } = read
  const particular = stateInWords(read)
  const unlinked = read.state === 'unlinked'
  return (
    <tr className={fresh ? styles.fresh : undefined} data-state={read.state ?? 'none'}>
      <td>{read.at === null ? (read.rawTime ?? 'no time') : clockExact(read.at, zone)}</td>
      <td className={styles.wrap}>{read.location ?? 'not set'}</td>
      <td>
        <b>{read.bibNumber || '—'}</b>
      </td>
      <td className={styles.wrap}>
        {participantId === null ? (
          <span className={unlinked ? 'bad' : 'soft'}>{whoseRead(read)}</span>
        ) : (
          <button type="button" className={styles.person} onClick={() => onShow(participantId)}>
            {whoseRead(read)}
          </button>
        )}
        {particular !== '' && <span className="warn"> {particular}</span>}
      </td>
      <td className="number">
        {read.raceTimeMs !== null && raceTime(read.raceTimeMs)}
        {unlinked && (
          <button
            type="button"
            className={styles.assign}
            onClick={() =>
              onAssign({
                chip: read.chip,
                sessionId: read.sessionId,
                readId: read.id,
                reads: 1,
                reason: read.reason,
              })
            }
          >
            Assign
          </button>
        )}
      </td>
    </tr>
  )
}, sameRow)

/** Refetched reads are new objects: what a row shows decides whether it is drawn again. */
function sameRow(before: RowProps, after: RowProps): boolean {
  const [a, b] = [before.read, after.read]
  return (
    before.zone === after.zone &&
    before.fresh === after.fresh &&
    a.id === b.id &&
    a.state === b.state &&
    a.reason === b.reason &&
    a.participantId === b.participantId &&
    a.bibNumber === b.bibNumber &&
    a.name === b.name &&
    a.location === b.location &&
    a.raceTimeMs === b.raceTimeMs &&
    a.route === b.route
  )
}
