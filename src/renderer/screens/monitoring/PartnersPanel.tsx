import { Panel, Scroll } from '../../components/Panel.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { useSyncSummary } from '../../monitoring-queries.ts'
import { count, counted } from '../../words/numbers.ts'
import styles from './Monitoring.module.css'

/** Connections and syncs of each timing partner. */
export function PartnersPanel({ allowed }: { readonly allowed: boolean }) {
  const found = useSyncSummary(allowed)
  const aside =
    found.data &&
    `${counted(found.data.totalEvents, 'event')}, ${counted(found.data.totalParticipants, 'registration')}`
  return (
    <Panel title="Timing partners" aside={aside}>
      {!allowed && <p className={styles.none}>Shown to managers.</p>}
      <TroubleNote error={found.error} what="Partners not read" onRefetch={() => void found.refetch()} />
      {found.data && (
        <Scroll>
          <table aria-label="Timing partners">
            <thead>
              <tr>
                <th scope="col">Partner</th>
                <th scope="col" className="number">
                  <abbr title="Connections">Conn.</abbr>
                </th>
                <th scope="col" className="number">
                  Active
                </th>
                <th scope="col" className="number">
                  Syncs
                </th>
                <th scope="col" className="number">
                  Good
                </th>
                <th scope="col" className="number">
                  Failed
                </th>
              </tr>
            </thead>
            <tbody>
              {found.data.summary.map(partner => (
                <tr key={partner.timingPartner}>
                  <td className={styles.wrap}>{partner.timingPartner}</td>
                  <td className="number">{count(partner.totalConnections)}</td>
                  <td className="number">{count(partner.activeConnections)}</td>
                  <td className="number">{count(partner.totalSyncs24h)}</td>
                  <td className="number">{count(partner.successfulSyncs24h)}</td>
                  <td className={partner.failedSyncs24h > 0 ? 'number bad' : 'number'}>
                    {count(partner.failedSyncs24h)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </Panel>
  )
}
