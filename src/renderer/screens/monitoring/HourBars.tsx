import { useId } from 'react'
import { hourInWords, hoursInWords, otherSyncs, syncsInWords } from '../../words/monitoring.ts'
import { useZone } from '../race-day/day.ts'
import styles from './Monitoring.module.css'

interface HourBarsProps {
  readonly hours: readonly {
    readonly total: number
    readonly successful: number
    readonly failed: number
    readonly manual: number
  }[]
  /** The end of the last hour. */
  readonly at: number
}

const HEIGHT = 64
const BAR = 20
const GAP = 4

/** A bar an hour: good below, what is neither good nor failed above it, failed on top and hatched. */
export function HourBars({ hours, at }: HourBarsProps) {
  const hatch = useId()
  const zone = useZone()
  const peak = Math.max(1, ...hours.map(hour => hour.total))
  const tall = (syncs: number): number => (syncs === 0 ? 0 : Math.max(2, (syncs / peak) * (HEIGHT - 2)))
  return (
    <figure className={styles.hours}>
      <svg
        viewBox={`0 0 ${hours.length * (BAR + GAP)} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={hoursInWords(hours, zone, at)}
      >
        <defs>
          <pattern
            id={hatch}
            width="5"
            height="5"
            patternUnits="userSpaceOnUse"
            patternTransform="rotate(45)"
          >
            <rect width="5" height="5" className={styles.hatchBack} />
            <rect width="2.5" height="5" className={styles.failed} />
          </pattern>
        </defs>
        {hours.map((hour, place) => {
          const x = place * (BAR + GAP)
          const good = tall(hour.successful)
          const other = tall(otherSyncs(hour))
          const failed = tall(hour.failed)
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: an hour is its place
            <g key={place}>
              <title>{`${hourInWords(place, zone, at)}: ${syncsInWords(hour)}`}</title>
              <rect className={styles.ground} x={x} y={HEIGHT - 1} width={BAR} height={1} />
              <rect className={styles.good} x={x} y={HEIGHT - 1 - good} width={BAR} height={good} />
              <rect className={styles.other} x={x} y={HEIGHT - 1 - good - other} width={BAR} height={other} />
              <rect
                fill={`url(#${hatch})`}
                className={styles.edge}
                x={x}
                y={HEIGHT - 1 - good - other - failed}
                width={BAR}
                height={failed}
              />
            </g>
          )
        })}
      </svg>
      <figcaption>
        <span>24 h ago</span>
        <span>12 h</span>
        <span>now</span>
      </figcaption>
    </figure>
  )
}
