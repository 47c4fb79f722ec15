import { useState } from 'react'
import type { Box, Places, Span } from '../../../../api/places.ts'
import type { Session } from '../../../../api/timing.ts'
import { Button } from '../../../components/Button.tsx'
import { Panel, PanelTitle, Scroll } from '../../../components/Panel.tsx'
import { TroubleNote } from '../../../components/TroubleNote.tsx'
import { usePlaces } from '../../../readers-queries.ts'
import { counted } from '../../../words/numbers.ts'
import { rangeOf, ticksOf } from '../../../words/places.ts'
import { clock, dayInWords, dayOf } from '../../../words/time.ts'
import tabs from '../DayTabs.module.css'
import { BoxBar } from './BoxBar.tsx'
import styles from './Boxes.module.css'
import { PlaceBox } from './PlaceBox.tsx'

/** What the dialog is open for. */
interface Placing {
  readonly box: Box
  readonly span: Span | null
  readonly fromAt: number | null
}

/** Where each box stood over the day, above what it read there. */
export function Boxes({ session }: { readonly session: Session }) {
  const places = usePlaces(session.id)
  const [placing, setPlacing] = useState<Placing | null>(null)
  const data = places.data
  return (
    <Panel label="Where boxes stood">
      <PanelTitle
        title="Where boxes stood"
        aside={data && data.boxes.length > 0 ? counted(data.boxes.length, 'box', 'boxes') : undefined}
      />
      <div className={tabs.bar}>
        <small className="faint">
          A box is where its reads say, unless the crew placed it. Of places that overlap, the one that began
          last holds. Reads are linked again at once.
        </small>
      </div>
      <TroubleNote error={places.error} what="Boxes not read" onRefetch={() => void places.refetch()} />
      <Scroll>{data && <Timeline places={data} onPlace={setPlacing} />}</Scroll>
      {placing && data && (
        <PlaceBox {...placing} places={data} session={session} onClose={() => setPlacing(null)} />
      )}
    </Panel>
  )
}

interface TimelineProps {
  readonly places: Places
  readonly onPlace: (placing: Placing) => void
}

function Timeline({ places, onPlace }: TimelineProps) {
  const { boxes, binMs, timezone: zone } = places
  const range = rangeOf(boxes, binMs)
  if (range === null) return <p className={tabs.none}>No box has read anything in this session.</p>
  const { from, to } = range
  const days = [...new Set([dayOf(from, zone), dayOf(to, zone)])].map(dayInWords).join(' to ')
  const share = (at: number): string => `${((at - from) / (to - from)) * 100}%`
  return (
    <div className={styles.timeline}>
      <div className={styles.corner}>
        {days}, {zone}
      </div>
      <div className={styles.axis} aria-hidden="true">
        {ticksOf(from, to, zone, 10).map(at => (
          <span key={at} style={{ left: share(at) }}>
            {clock(at, zone).slice(0, 5)}
          </span>
        ))}
      </div>
      <div />
      {boxes.map(box => (
        <BoxRow key={box.device} box={box} places={places} from={from} to={to} onPlace={onPlace} />
      ))}
    </div>
  )
}

interface BoxRowProps extends TimelineProps {
  readonly box: Box
  readonly from: number
  readonly to: number
}

function BoxRow({ box, places, from, to, onPlace }: BoxRowProps) {
  const { timezone: zone } = places
  const times =
    box.firstAt === null || box.lastAt === null
      ? 'no read'
      : `${clock(box.firstAt, zone).slice(0, 5)} to ${clock(box.lastAt, zone).slice(0, 5)}`
  return (
    <section className={styles.row} aria-label={`Box ${box.device}`}>
      <div className={styles.name}>
        <b>{box.device}</b>
        <small>
          {counted(box.reads, 'read')} · {times}
        </small>
      </div>
      <BoxBar
        box={box}
        places={places}
        from={from}
        to={to}
        onAt={at => onPlace({ box, span: null, fromAt: at })}
        onSpan={span => onPlace({ box, span, fromAt: null })}
      />
      <div className={styles.add}>
        <Button
          small
          aria-label={`Place box ${box.device}`}
          onClick={() => onPlace({ box, span: null, fromAt: null })}
        >
          Place…
        </Button>
      </div>
    </section>
  )
}
