import { Checkbox, NativeSelect, TextInput } from '@mantine/core'
import { Note } from '../../../components/Note.tsx'
import { separatorInWords } from '../../../words/files.ts'
import { count, counted, listed } from '../../../words/numbers.ts'
import { clockExact, dayInWords, dayOf } from '../../../words/time.ts'
import { ColumnSample } from '../ColumnSample.tsx'
import { type CsvMeaning, type CsvPreviewed, type CsvSaid, withMeaning } from './csv-columns.ts'
import { RefusedLines } from './Imported.tsx'

const CHOICES: readonly { readonly value: CsvMeaning; readonly label: string }[] = [
  { value: 'chip', label: 'Chip' },
  { value: 'bib', label: 'Bib' },
  { value: 'time', label: 'Time' },
  { value: 'date', label: 'Date' },
  { value: 'location', label: 'Location' },
  { value: 'device', label: 'Reader' },
  { value: 'antenna', label: 'Antenna' },
  { value: 'rssi', label: 'Signal' },
]

interface CsvPreviewProps {
  readonly preview: CsvPreviewed
  readonly said: CsvSaid
  readonly onSay: (said: CsvSaid) => void
  /** It was imported: what it would bring is no longer of interest. */
  readonly done: boolean
}

/** Which column is what, and what the file would then bring. */
export function CsvPreview({ preview, said, onSay, done }: CsvPreviewProps) {
  const { places, sample, found, header } = preview
  const meaningOf = (column: number): CsvMeaning | null =>
    CHOICES.find(({ value }) => places[value] === column)?.value ?? null
  const slashed = sample.some(row =>
    [places.time, places.date].some(at => /^\d{1,2}[/-]\d{1,2}[/-]\d{4}/.test(row[at ?? -1] ?? '')),
  )
  return (
    <>
      <p className="faint">
        {separatorInWords(preview.delimiter)} · {preview.encoding}
      </p>
      <ColumnSample
        rows={sample}
        header={header}
        choices={CHOICES}
        meaningOf={meaningOf}
        onChoose={(column, meaning) => onSay({ ...said, places: withMeaning(places, column, meaning) })}
      />
      <Checkbox
        label="The first row names the columns"
        checked={header}
        onChange={event => onSay({ ...said, places, header: event.currentTarget.checked })}
      />
      {slashed && (
        <NativeSelect
          label="A date like 5/8/2026 is"
          value={said.dayFirst ? 'day' : 'month'}
          onChange={event => onSay({ ...said, dayFirst: event.currentTarget.value === 'day' })}
          data={[
            { value: 'month', label: '8 May, month first' },
            { value: 'day', label: '5 August, day first' },
          ]}
        />
      )}
      {found && (!found.dated || said.day !== undefined) && (
        <TextInput
          type="date"
          label="Day of the times"
          description="The file gives times without a date"
          value={preview.day}
          onChange={event => {
            const day = event.currentTarget.value
            if (day !== '') onSay({ ...said, day })
          }}
        />
      )}
      {preview.problem !== null && <Note>{preview.problem}</Note>}
      {found && !done && <Found found={found} zone={preview.timezone} />}
    </>
  )
}

type FoundReads = NonNullable<CsvPreviewed['found']>

function Found({ found, zone }: { readonly found: FoundReads; readonly zone: string }) {
  const [first] = found.shown
  const stamp = (at: number): string => `${dayInWords(dayOf(at, zone))} ${clockExact(at, zone)}`
  const of = [
    ...(found.chips > 0 ? [counted(found.chips, 'chip')] : []),
    ...(found.bibs > 0 ? [counted(found.bibs, 'bib')] : []),
  ]
  return (
    <>
      <div role="status">
        <Note tone={found.reads === 0 ? 'bad' : found.refusedCount > 0 ? 'warn' : 'info'}>
          <b>{found.reads === 0 ? 'No read' : counted(found.reads, 'read')}</b>
          {of.length > 0 && ` of ${listed(of)}`}
          {found.firstAt !== null &&
            found.lastAt !== null &&
            `, ${stamp(found.firstAt)} to ${stamp(found.lastAt)} (${zone})`}
          {found.locations.length > 0 && `, at ${listed(found.locations)}`}; {count(found.refusedCount)}{' '}
          refused.
          {first?.at != null &&
            ` The first: ${first.chip === null ? `bib ${first.bib ?? '?'}` : `chip ${first.chip}`}, "${first.rawTime ?? ''}" read as ${stamp(first.at)}.`}
        </Note>
      </div>
      <RefusedLines lines={found.refused} all={found.refusedCount} />
    </>
  )
}
