import { Panel } from '../../components/Panel.tsx'
import { useHealth } from '../../queries.ts'
import { counted } from '../../words/numbers.ts'
import styles from './Monitoring.module.css'

/** Replication: who has what this laptop wrote. */
export function CentralPanel() {
  const central = useHealth().data?.central
  return (
    <Panel title="Replication">
      {central && (
        <p className={styles.none}>
          Works alone: no central database. {counted(central.pending, 'change')} kept here.
        </p>
      )}
    </Panel>
  )
}
