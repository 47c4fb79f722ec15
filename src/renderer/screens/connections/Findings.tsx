import type { ReconciliationFinding } from '../../../api/reconciliation.ts'
import { Button } from '../../components/Button.tsx'
import { Tag } from '../../components/Tag.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { useFindings } from '../../reconciliation-queries.ts'
import { count } from '../../words/numbers.ts'
import { findingInWords, kindLabels, repairState } from '../../words/reconciliation.ts'
import styles from './ConnectionDetail.module.css'

interface FindingsProps {
  readonly connectionId: string
  readonly kind: ReconciliationFinding['kind']
  /** How many there are, shown or not. */
  readonly whole: number
  readonly target: string
  readonly labelOf: (field: string) => string
}

/** Those of one kind, each with what is otherwise and what becomes of it. */
export function Findings({ connectionId, kind, whole, target, labelOf }: FindingsProps) {
  const findings = useFindings(connectionId, kind)
  const rows = findings.data ?? []
  const label = kindLabels(target)[kind]
  if (whole === 0) return <p className="faint">{`None ${label}.`}</p>
  return (
    <div className={styles.table}>
      <TroubleNote error={findings.error} what="Not read" onRefetch={() => void findings.refetch()} />
      <table className={styles.findings} aria-label={`Reconciliation: ${label}`}>
        <thead>
          <tr>
            <th scope="col">Bib</th>
            <th scope="col">Name</th>
            <th scope="col">Event</th>
            <th scope="col">What</th>
            <th scope="col">State</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(row => {
            const { tone, words } = repairState(row)
            return (
              <tr key={row.id}>
                <td>
                  <b>{row.bibNumber ?? '—'}</b>
                </td>
                <td className={styles.wrap}>{row.name ?? 'no name'}</td>
                <td className={styles.wrap}>{row.eventName}</td>
                <td className={styles.wrap}>{findingInWords(row, target, labelOf)}</td>
                <td>
                  <Tag tone={tone}>{words}</Tag>
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
      {whole > rows.length && (
        <p className={`faint ${styles.more}`}>
          The first {count(rows.length)} of {count(whole)}.{' '}
          {findings.hasNextPage && (
            <Button
              small
              disabled={findings.isFetchingNextPage}
              onClick={() => void findings.fetchNextPage()}
            >
              More
            </Button>
          )}
        </p>
      )}
    </div>
  )
}
