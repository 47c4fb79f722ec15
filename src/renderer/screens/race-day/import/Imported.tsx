import type { Outputs } from '../../../client.ts'
import { Note } from '../../../components/Note.tsx'
import { count, counted } from '../../../words/numbers.ts'
import styles from './ImportFile.module.css'

/** What a file brought. */
export function Imported({ result }: { readonly result: Outputs['timing']['import'] }) {
  return (
    <>
      <div role="status">
        <Note tone={result.refusedCount > 0 ? 'warn' : 'good'}>
          <b>{counted(result.lines, 'line')}</b>: {count(result.new)} new, {count(result.redelivered)} already
          here, {count(result.refusedCount)} refused.
        </Note>
      </div>
      <RefusedLines lines={result.refused} all={result.refusedCount} />
    </>
  )
}

interface RefusedLinesProps {
  readonly lines: readonly { readonly line: number; readonly reason: string; readonly text: string }[]
  readonly all: number
}

/** Lines that are no reads, and why. */
export function RefusedLines({ lines, all }: RefusedLinesProps) {
  if (lines.length === 0) return null
  return (
    <div className={styles.refused}>
      <table aria-label="Refused lines">
        <thead>
          <tr>
            <th>Line</th>
            <th>Why</th>
            <th>Text</th>
          </tr>
        </thead>
        <tbody>
          {lines.map(line => (
            <tr key={line.line}>
              <td>{count(line.line)}</td>
              <td>{line.reason}</td>
              <td className={styles.text}>{line.text}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {all > lines.length && <p className="faint">and {count(all - lines.length)} more</p>}
    </div>
  )
}
