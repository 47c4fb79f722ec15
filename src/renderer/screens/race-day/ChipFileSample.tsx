import styles from './ChipFile.module.css'
import type { ChipFileRead } from './ChipFile.tsx'

type Meaning = 'chip' | 'bib' | ''

interface ChipFileSampleProps {
  readonly read: ChipFileRead
  readonly onColumns: (chips: number[], bib: number | null) => void
}

/** The first rows, with what each column is to be chosen above it. */
export function ChipFileSample({ read, onColumns }: ChipFileSampleProps) {
  const columns = Math.max(0, ...read.sample.map(row => row.length))
  const places = Array.from({ length: columns }, (_, column) => column)
  const meaningOf = (column: number): Meaning =>
    read.bibColumn === column ? 'bib' : read.chipColumns.includes(column) ? 'chip' : ''
  const choose = (column: number, meaning: Meaning): void => {
    const chips = read.chipColumns.filter(other => other !== column)
    const bib = read.bibColumn === column ? null : read.bibColumn
    if (meaning === 'chip') onColumns([...chips, column], bib)
    else if (meaning === 'bib') onColumns(chips, column)
    else onColumns(chips, bib)
  }
  return (
    <div className={styles.sample}>
      <table aria-label="First rows of the file">
        <thead>
          <tr>
            {places.map(column => (
              <th key={column}>
                <select
                  aria-label={`Column ${column + 1} is`}
                  value={meaningOf(column)}
                  onChange={event => choose(column, event.currentTarget.value as Meaning)}
                >
                  <option value="">not used</option>
                  <option value="chip">Chip</option>
                  <option value="bib">Bib</option>
                </select>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {read.sample.map((row, line) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows of a file have no other name than their place
            <tr key={line} className={read.header && line === 0 ? styles.head : ''}>
              {places.map(column => (
                <td key={column} className={meaningOf(column) === '' ? 'faint' : ''}>
                  {row[column] ?? ''}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
