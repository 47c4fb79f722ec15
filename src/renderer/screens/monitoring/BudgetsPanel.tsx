import { Panel, Scroll } from '../../components/Panel.tsx'
import { ProgressLine } from '../../components/ProgressLine.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { useNow } from '../../components/use-now.ts'
import { useRateBudgets } from '../../monitoring-queries.ts'
import { budgetInWords } from '../../words/monitoring.ts'
import { listed } from '../../words/numbers.ts'
import styles from './Monitoring.module.css'

/** Calls that each account may still make. */
export function BudgetsPanel() {
  const now = useNow(1000)
  const budgets = useRateBudgets()
  return (
    <Panel title="Rate budget left">
      <TroubleNote error={budgets.error} what="Budgets not read" onRefetch={() => void budgets.refetch()} />
      {budgets.data?.length === 0 && <p className={styles.none}>No account. Keys come with a connection.</p>}
      <Scroll>
        <ul className={styles.list}>
          {(budgets.data ?? []).map(budget => {
            const { tone, words } = budgetInWords(budget, now)
            const name = `${budget.provider} (${listed(budget.connectionNames)})`
            return (
              <li key={name}>
                <span className={styles.wrap}>{budget.provider}</span>
                <span className={tone}>{words}</span>
                <div className={styles.whole}>
                  <div className={styles.left} data-low={tone === 'warn' || undefined}>
                    <ProgressLine label={`Calls left of ${name}`} done={budget.left} total={budget.of} />
                  </div>
                  <small className="faint">{listed(budget.connectionNames)}</small>
                </div>
              </li>
            )
          })}
        </ul>
      </Scroll>
    </Panel>
  )
}
