import styles from './ColumnSample.module.css'

interface ColumnSampleProps<meaning extends string> {
  /** The first rows of the file, the header among them. */
  readonly rows: readonly (readonly string[])[]
  readonly header: boolean
  readonly choices: readonly { readonly value: meaning; readonly label: string }[]
  /** Null: the column is not used. */
  readonly meaningOf: (column: number) => meaning | null
  readonly onChoose: (column: number, meaning: meaning | null) => void
}

/** The first rows of a file, with what each column is to be chosen above it. */
export function ColumnSample<meaning extends string>(props: ColumnSampleProps<meaning>) {
  const { rows, header, choices, meaningOf, onChoose } = props
  const columns = Math.max(0, ...rows.map(row => row.length))
  const places = Array.from({ length: columns }, (_, column) => column)
  return (
    <div className={styles.sample}>
      <table aria-label="First rows of the file">
        <thead>
          <tr>
            {places.map(column => (
              <th key={column}>
                <select
                  aria-label={`Column ${column + 1} is`}
                  value={meaningOf(column) ?? ''}
                  onChange={event => {
                    const chosen = choices.find(choice => choice.value === event.currentTarget.value)
                    onChoose(column, chosen?.value ?? null)
                  }}
                >
                  <option value="">not used</option>
                  {choices.map(({ value, label }) => (
                    <option key={value} value={value}>
                      {label}
                    </option>
                  ))}
                </select>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, line) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows of a file have no other name than their place
            <tr key={line} className={header && line === 0 ? styles.head : ''}>
              {places.map(column => (
                <td key={column} className={meaningOf(column) === null ? 'faint' : ''}>
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
