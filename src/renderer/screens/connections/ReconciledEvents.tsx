import type { ReconciledEvent } from '../../../api/reconciliation.ts'
import { useNow } from '../../components/use-now.ts'
import { count } from '../../words/numbers.ts'
import { discrepancy, historyInWords } from '../../words/reconciliation.ts'
import { momentExact } from '../../words/time.ts'
import { useZone } from '../race-day/day.ts'
import styles from './ConnectionDetail.module.css'

interface ReconciledEventsProps {
  readonly events: readonly ReconciledEvent[]
  readonly target: string
}

/** Each event's two sides, and how far they agreed over time. */
export function ReconciledEvents({ events, target }: ReconciledEventsProps) {
  const now = useNow(60_000)
  const zone = useZone()
  return (
    <div className={styles.table}>
      <table aria-label="Discrepancy by event">
        <thead>
          <tr>
            <th scope="col">Event</th>
            <th scope="col" className="number">
              Here
            </th>
            <th scope="col" className="number">
              In {target}
            </th>
            <th scope="col" className="number">
              Not the same
            </th>
            <th scope="col">Over time</th>
            <th scope="col">Read back</th>
          </tr>
        </thead>
        <tbody>
          {events.map(event => (
            <tr key={event.eventId}>
              <td className={styles.wrap}>{event.eventName}</td>
              <td className="number">{count(event.people)}</td>
              <td className="number">{count(event.entries)}</td>
              <td className="number">{discrepancy(event.discrepancyPercent)}</td>
              <td>
                <OverTime history={event.history} />
              </td>
              <td>{momentExact(event.readAt, zone, now)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

const BAR = 6
const HEIGHT = 24

/** One bar a comparison, the oldest first; none of a discrepancy is a line at the foot. */
function OverTime({ history }: { readonly history: ReconciledEvent['history'] }) {
  const now = useNow(60_000)
  const zone = useZone()
  const peak = Math.max(...history.map(one => one.discrepancyPercent), 0.01)
  return (
    <svg
      className={styles.overTime}
      width={history.length * BAR}
      height={HEIGHT}
      role="img"
      aria-label={historyInWords(history)}
    >
      {history.map(({ readAt, discrepancyPercent }, place) => {
        const height = discrepancyPercent === 0 ? 1 : Math.max(3, (discrepancyPercent / peak) * HEIGHT)
        return (
          <rect key={readAt} x={place * BAR} y={HEIGHT - height} width={BAR - 2} height={height}>
            <title>{`${momentExact(readAt, zone, now)}: ${discrepancy(discrepancyPercent)}`}</title>
          </rect>
        )
      })}
    </svg>
  )
}
