import type { Box, Places, Span } from '../../../../api/places.ts'
import { counted, listed } from '../../../words/numbers.ts'
import { type Stretch, stretchesOf } from '../../../words/places.ts'
import { clock } from '../../../words/time.ts'
import styles from './Boxes.module.css'

interface BoxBarProps {
  readonly box: Box
  readonly places: Places
  readonly from: number
  readonly to: number
  /** A moment of the bar that was clicked. */
  readonly onAt: (at: number) => void
  readonly onSpan: (span: Span) => void
}

/** A box's day: how much it read, in whose place, and when it may have been moved. */
export function BoxBar({ box, places, from, to, onAt, onSpan }: BoxBarProps) {
  const { timezone: zone } = places
  const share = (at: number): number => Math.min(100, Math.max(0, ((at - from) / (to - from)) * 100))
  const peak = Math.max(1, ...box.bins.map(bin => bin.reads))
  const names = new Map(places.locations.map(({ id, locationName }) => [id, locationName]))
  const itself = box.named.length === 0 ? null : listed(box.named)
  // Where nothing was read and nobody said anything, there is nothing to say.
  const said = stretchesOf(box.spans, from, to)
  const at = (stretch: Stretch): string => `${clock(stretch.from, zone)} to ${clock(stretch.to, zone)}`
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the button beside the bar does the same by key
    // biome-ignore lint/a11y/noStaticElementInteractions: a mouse's shortcut to that button
    <div
      className={styles.bar}
      onClick={event => {
        const { left, width } = event.currentTarget.getBoundingClientRect()
        onAt(Math.round((from + ((event.clientX - left) / width) * (to - from)) / 60_000) * 60_000)
      }}
    >
      <svg
        className={styles.bins}
        viewBox={`0 0 ${to - from} 100`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${counted(box.reads, 'read')}, at most ${peak} in five minutes`}
      >
        {box.bins.map(bin => {
          const height = Math.max(3, (bin.reads / peak) * 100)
          return (
            <rect key={bin.at} x={bin.at - from} y={100 - height} width={places.binMs * 0.9} height={height}>
              <title>{`${clock(bin.at, zone).slice(0, 5)}: ${counted(bin.reads, 'read')}`}</title>
            </rect>
          )
        })}
      </svg>
      {box.turns.map(turn => (
        <i
          key={`${turn.at} ${turn.words}`}
          className={styles.turn}
          style={{ left: `${share(turn.at)}%` }}
          title={`${clock(turn.at, zone)} ${turn.words}`}
        />
      ))}
      {said.map(stretch => {
        const place = {
          left: `${share(stretch.from)}%`,
          width: `${share(stretch.to) - share(stretch.from)}%`,
        }
        const { span } = stretch
        if (span === null) {
          return (
            <span key={stretch.from} className={`${styles.stretch} ${styles.itself}`} style={place}>
              {itself === null ? <b className="bad">no location</b> : `by its reads: ${itself}`}
            </span>
          )
        }
        const name = names.get(span.locationId) ?? 'a location that is gone'
        return (
          <button
            key={stretch.from}
            type="button"
            className={`${styles.stretch} ${styles.placed}`}
            style={place}
            title={`${name}, ${at(stretch)}`}
            aria-label={`${box.device} at ${name}, ${at(stretch)}: change`}
            onClick={event => {
              event.stopPropagation()
              onSpan(span)
            }}
          >
            {name}
          </button>
        )
      })}
    </div>
  )
}
