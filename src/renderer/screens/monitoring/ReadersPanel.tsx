import type { ReaderShown } from '../../../api/readers.ts'
import { Panel, Scroll } from '../../components/Panel.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { useReadersStatus } from '../../readers-queries.ts'
import { usePlace } from '../../state/place.ts'
import { latencyInWords, unknownInWords } from '../../words/monitoring.ts'
import { count, counted, listed, rate } from '../../words/numbers.ts'
import styles from './Monitoring.module.css'

/** How long a read takes from the socket to its link, by device, and how many were nobody's. */
export function ReadersPanel() {
  const status = useReadersStatus()
  const goReaders = usePlace(state => state.goReaders)
  const readers = status.data?.readers ?? []
  const slowest = Math.max(1, ...readers.map(reader => reader.latency?.maxMs ?? 0))
  return (
    <Panel
      title="From a read’s arrival to its person, by reader"
      aside="min / average / max of the last minute"
    >
      <TroubleNote error={status.error} what="Readers not read" onRefetch={() => void status.refetch()} />
      {readers.length === 0 && <p className={styles.none}>No reader has connected.</p>}
      {readers.length > 0 && (
        <Scroll>
          <table aria-label="Read latency and unknown reads by device">
            <thead>
              <tr>
                <th scope="col">Device</th>
                <th scope="col">Latency</th>
                <th scope="col" aria-label="Latency, drawn" />
                <th scope="col" className="number">
                  Reads
                </th>
                <th scope="col">Unknown reads</th>
              </tr>
            </thead>
            <tbody>
              {readers.map(reader => (
                <tr key={reader.key}>
                  <td className={styles.wrap}>
                    <button type="button" className={styles.link} onClick={() => goReaders('now')}>
                      {reader.name}
                    </button>{' '}
                    <small className="faint">
                      {listed(reader.locations)} {reader.state === 'gone' ? 'gone' : ''}
                    </small>
                  </td>
                  <td>{reader.latency === null ? 'no read linked' : latencyInWords(reader.latency)}</td>
                  <td>
                    <Range latency={reader.latency} slowest={slowest} />
                  </td>
                  <td className="number">
                    {count(reader.reads)}{' '}
                    <small className="faint">
                      {reader.state === 'gone' ? '' : `${rate(reader.readsPerSecond)}/s`}
                    </small>
                  </td>
                  <td className={reader.unknown > 0 ? 'warn' : undefined}>
                    {unknownInWords(reader.unknown, reader.reads)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
      {status.data && status.data.alarms.length > 0 && (
        <p className={styles.foot}>
          <button type="button" className={styles.link} onClick={() => goReaders('now')}>
            <span className="bad">{counted(status.data.alarms.length, 'alarm')} of readers</span>
          </button>
        </p>
      )}
    </Panel>
  )
}

const WIDTH = 150
const HEIGHT = 12

/** From the shortest to the longest, a stroke at the average; all devices on one scale. */
function Range({ latency, slowest }: { readonly latency: ReaderShown['latency']; readonly slowest: number }) {
  if (latency === null) return null
  const x = (ms: number): number => 1 + (ms / slowest) * (WIDTH - 2)
  return (
    <svg className={styles.range} width={WIDTH} height={HEIGHT} aria-hidden="true">
      <rect className={styles.ground} x={0} y={HEIGHT / 2} width={WIDTH} height={1} />
      <rect
        className={styles.span}
        x={x(latency.minMs)}
        y={HEIGHT / 2 - 3}
        width={Math.max(2, x(latency.maxMs) - x(latency.minMs))}
        height={7}
      />
      <rect className={styles.mark} x={x(latency.averageMs) - 1} y={0} width={2} height={HEIGHT} />
    </svg>
  )
}
