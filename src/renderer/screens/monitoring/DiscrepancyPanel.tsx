import type { WatchedConnection } from '../../../api/monitoring.ts'
import { Panel, Scroll } from '../../components/Panel.tsx'
import { useNow } from '../../components/use-now.ts'
import { useWatchedConnections } from '../../monitoring-queries.ts'
import { usePlace } from '../../state/place.ts'
import { discrepancy, historyInWords } from '../../words/reconciliation.ts'
import { ago } from '../../words/time.ts'
import styles from './Monitoring.module.css'

/** How far registration and scoring are apart, comparison by comparison. */
export function DiscrepancyPanel() {
  const now = useNow(10_000)
  const openConnection = usePlace(state => state.openConnection)
  const connections = useWatchedConnections().data?.connections ?? []
  return (
    <Panel title="Not the same in both systems" aside="30 days">
      {connections.length === 0 && <p className={styles.none}>No connection, nothing to compare.</p>}
      <Scroll>
        <ul className={styles.list}>
          {connections.map(({ connectionId, connectionName, discrepancy: points }) => {
            const last = points.at(-1)
            return (
              <li key={connectionId}>
                <button
                  type="button"
                  className={styles.link}
                  onClick={() => openConnection(connectionId, 'reconciliation')}
                >
                  {connectionName}
                </button>
                {last === undefined ? (
                  <span className="soft">never compared</span>
                ) : (
                  <>
                    <span>
                      <b className={last.percent > 1 ? 'bad' : undefined}>{discrepancy(last.percent)}</b>{' '}
                      <small className="faint">{ago(last.at, now)}</small>
                    </span>
                    <OverTime points={points} />
                  </>
                )}
              </li>
            )
          })}
        </ul>
      </Scroll>
    </Panel>
  )
}

const WIDTH = 360
const HEIGHT = 34
const EDGE = 3

/** A step line: what was found stays so until it is compared again. */
function OverTime({ points }: { readonly points: WatchedConnection['discrepancy'] }) {
  const first = points[0]
  const last = points.at(-1)
  if (first === undefined || last === undefined) return null
  const peak = Math.max(0.01, ...points.map(point => point.percent))
  const span = Math.max(1, last.at - first.at)
  const x = (at: number): number => EDGE + ((at - first.at) / span) * (WIDTH - 2 * EDGE)
  const y = (percent: number): number => HEIGHT - EDGE - (percent / peak) * (HEIGHT - 2 * EDGE)
  const steps = points.slice(1).map(({ at, percent }) => `H${x(at)} V${y(percent)}`)
  const end = points.length === 1 ? ` H${WIDTH - EDGE}` : ''
  return (
    <svg
      className={styles.line}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={historyInWords(points.map(({ percent }) => ({ discrepancyPercent: percent })))}
    >
      <path className={styles.base} d={`M0 ${HEIGHT - EDGE} H${WIDTH}`} />
      <path d={`M${x(first.at)} ${y(first.percent)} ${steps.join(' ')}${end}`} />
      <circle cx={points.length === 1 ? WIDTH - EDGE : x(last.at)} cy={y(last.percent)} r={EDGE} />
    </svg>
  )
}
