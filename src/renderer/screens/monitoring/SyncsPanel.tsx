import { Panel, Scroll } from '../../components/Panel.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { useNow } from '../../components/use-now.ts'
import { useWatchedConnections } from '../../monitoring-queries.ts'
import { usePlace } from '../../state/place.ts'
import { byHandInWords, hoursOf, otherSyncs, sumOf, syncsInWords } from '../../words/monitoring.ts'
import { count } from '../../words/numbers.ts'
import { ago } from '../../words/time.ts'
import { HourBars } from './HourBars.tsx'
import styles from './Monitoring.module.css'

/** How often the connections ran in a day, and how it went. */
export function SyncsPanel() {
  const now = useNow(10_000)
  const watched = useWatchedConnections()
  const openConnection = usePlace(state => state.openConnection)
  const connections = watched.data?.connections ?? []
  const all = sumOf(connections)
  return (
    <Panel title="Syncs in 24 hours" aside={watched.data && `${syncsInWords(all)} · ${byHandInWords(all)}`}>
      <TroubleNote error={watched.error} what="Syncs not read" onRefetch={() => void watched.refetch()} />
      {watched.data && connections.length === 0 && (
        <p className={styles.none}>No connection yet. Add one under Connections.</p>
      )}
      {watched.data && connections.length > 0 && (
        <>
          <HourBars hours={hoursOf(connections)} at={watched.data.at} />
          <Scroll>
            <table aria-label="Syncs by connection">
              <thead>
                <tr>
                  <th scope="col">Connection</th>
                  <th scope="col">Schedule</th>
                  <th scope="col" className="number">
                    Syncs
                  </th>
                  <th scope="col" className="number">
                    Good
                  </th>
                  <th scope="col" className="number">
                    Failed
                  </th>
                  <th scope="col" className="number">
                    Other
                  </th>
                  <th scope="col" className="number">
                    By hand
                  </th>
                  <th scope="col">Last good</th>
                </tr>
              </thead>
              <tbody>
                {connections.map(one => (
                  <tr key={one.connectionId}>
                    <td className={styles.wrap}>
                      <button
                        type="button"
                        className={styles.link}
                        onClick={() => openConnection(one.connectionId, 'history')}
                      >
                        {one.connectionName}
                      </button>
                    </td>
                    <td>{one.active ? 'on' : <span className="warn">off</span>}</td>
                    <td className="number">{count(one.total)}</td>
                    <td className="number">{count(one.successful)}</td>
                    <td className={one.failed > 0 ? 'number bad' : 'number'}>{count(one.failed)}</td>
                    <td className="number">{count(otherSyncs(one))}</td>
                    <td className="number">{count(one.manual)}</td>
                    <td>{one.lastSuccessAt === null ? 'never' : ago(one.lastSuccessAt, now)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroll>
        </>
      )}
    </Panel>
  )
}
