import type { WriteBackAnswer, WriteBackPreview } from '../../../api/write-back.ts'
import { Tag } from '../../components/Tag.tsx'
import { count } from '../../words/numbers.ts'
import type { Said } from '../../words/said.ts'
import { momentExact } from '../../words/time.ts'
import { useZone } from '../race-day/day.ts'
import styles from './ConnectionDetail.module.css'

const FIELDS = { bib: 'Bib', chip: 'Chip' } as const

interface ChangesTableProps {
  readonly label: string
  readonly part: WriteBackPreview['changed']
}

export function ChangesTable({ label, part }: ChangesTableProps) {
  if (part.rows.length === 0) return null
  return (
    <div className={styles.table}>
      <table aria-label={label}>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Event</th>
            <th scope="col">What</th>
          </tr>
        </thead>
        <tbody>
          {part.rows.map(row => (
            <tr key={row.participantId}>
              <td className={styles.wrap}>{row.name}</td>
              <td className={styles.wrap}>{row.eventName}</td>
              <td className={styles.wrap}>
                {row.changes
                  .map(({ field, old, new: now }) => `${FIELDS[field]}: ${old ?? 'none'} → ${now ?? 'none'}`)
                  .join('; ')}
                {row.message !== null && <div className="soft">{row.message}</div>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {part.count > part.rows.length && (
        <p className="faint">
          The first {count(part.rows.length)} of {count(part.count)}.
        </p>
      )}
    </div>
  )
}

const OUTCOMES: Readonly<Record<WriteBackAnswer['outcome'], Said>> = {
  accepted: { tone: 'good', words: 'taken' },
  refused: { tone: 'bad', words: 'refused' },
  'in-doubt': { tone: 'warn', words: 'sent, no answer' },
}

export function AnswersTable({ answers }: { readonly answers: readonly WriteBackAnswer[] }) {
  const zone = useZone()
  return (
    <div className={styles.table}>
      <table aria-label="Written back">
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">Name</th>
            <th scope="col">Bib</th>
            <th scope="col">Chip</th>
            <th scope="col">Answer</th>
          </tr>
        </thead>
        <tbody>
          {answers.map(({ participantId, sentAt, name, before, sent, outcome, message }) => (
            <tr key={participantId}>
              <td>{momentExact(sentAt, zone)}</td>
              <td className={styles.wrap}>{name}</td>
              <td>{sent.bib === null ? 'left alone' : `${before.bib ?? 'none'} → ${sent.bib}`}</td>
              <td>{sent.chip === null ? 'left alone' : `${before.chip ?? 'none'} → ${sent.chip}`}</td>
              <td className={styles.wrap}>
                <Tag tone={OUTCOMES[outcome].tone}>{OUTCOMES[outcome].words}</Tag>{' '}
                <small className="soft">{message}</small>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
