import { useHealth } from '../../queries.ts'
import { Header } from '../shell/Header.tsx'
import { BudgetsPanel } from './BudgetsPanel.tsx'
import { CentralPanel } from './CentralPanel.tsx'
import { DiscrepancyPanel } from './DiscrepancyPanel.tsx'
import styles from './Monitoring.module.css'
import { PartnersPanel } from './PartnersPanel.tsx'
import { PeoplePanel } from './PeoplePanel.tsx'
import { ReadersPanel } from './ReadersPanel.tsx'
import { SyncsPanel } from './SyncsPanel.tsx'

/** How everything runs, for the office and for whoever wonders why. */
export function Monitoring() {
  const role = useHealth().data?.you.role
  const manages = role === 'manager' || role === 'admin'
  return (
    <>
      <Header>
        <div>
          <small className="soft">Counted on this laptop</small>
          <h1 className={styles.heading}>Monitoring</h1>
        </div>
      </Header>
      <main className={styles.room}>
        <SyncsPanel />
        <PartnersPanel allowed={manages} />
        <DiscrepancyPanel />
        <BudgetsPanel />
        <CentralPanel />
        <ReadersPanel />
        <PeoplePanel allowed={manages} />
      </main>
    </>
  )
}
