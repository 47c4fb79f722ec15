import type { Outputs } from '../../client.ts'
import { ColumnSample } from './ColumnSample.tsx'

type Meaning = 'chip' | 'bib'

const CHOICES = [
  { value: 'chip', label: 'Chip' },
  { value: 'bib', label: 'Bib' },
] as const

interface ChipFileSampleProps {
  readonly read: Outputs['desk']['previewChipFile']
  readonly onColumns: (chips: number[], bib: number | null) => void
}

/** The first rows, with which columns are chips and which the bib. */
export function ChipFileSample({ read, onColumns }: ChipFileSampleProps) {
  const choose = (column: number, meaning: Meaning | null): void => {
    const chips = read.chipColumns.filter(other => other !== column)
    const bib = read.bibColumn === column ? null : read.bibColumn
    if (meaning === 'chip') onColumns([...chips, column], bib)
    else if (meaning === 'bib') onColumns(chips, column)
    else onColumns(chips, bib)
  }
  return (
    <ColumnSample<Meaning>
      rows={read.sample}
      header={read.header}
      choices={CHOICES}
      meaningOf={column =>
        read.bibColumn === column ? 'bib' : read.chipColumns.includes(column) ? 'chip' : null
      }
      onChoose={choose}
    />
  )
}
