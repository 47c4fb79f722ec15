import type { Conflict, ConflictingWord } from '../../api/replication.ts'
import { fieldLabel, valueInWords } from './fields.ts'
import { moment, momentExact } from './time.ts'

/** What a row of a table is, where it is about nobody in particular. */
const THINGS: Readonly<Record<string, string>> = {
  starts: 'Start',
  bib_chips: 'Chip file',
  chip_assignments: 'Chip',
  read_assignments: 'Read',
  test_chips: 'Test chip',
  race_days: 'Race day',
  race_day_events: 'Race day’s event',
  course_points: 'Course',
  timing_sessions: 'Timing session',
  timing_locations: 'Location',
  location_rules: 'Place of a box',
  reader_offsets: 'Clock of a box',
  provider_connections: 'Connection',
  field_mappings: 'Mapping',
  displays: 'Display',
  display_layouts: 'Layout of a display',
}

/** "Bib of Ann Ng", "Bib 214, given to two people", "Start". */
export function conflictTitle({ kind, table, kept, lost }: Conflict): string {
  if (kind === 'bib') return `Bib ${valueInWords(kept.decided.bib_number)}, given to two people`
  const fields = Object.keys(kept.decided).map(fieldLabel).join(', ')
  const name = kept.name ?? lost.name
  if (name === null) return THINGS[table] ?? table
  return table === 'participant_overrides' ? `${fields} of ${name}` : `${THINGS[table] ?? table} of ${name}`
}

const LABELS: Readonly<Record<string, string>> = {
  planned_at: 'Planned',
  gun_at: 'Gun',
  gun_read_identity: 'Gun’s read',
  corrected_at: 'Corrected',
  status: 'Status',
}

const saidInWords = ({ decided }: ConflictingWord, zone: string, now: number): string => {
  const words = (field: string, value: unknown): string =>
    field.endsWith('_at') && typeof value === 'number' ? momentExact(value, zone, now) : valueInWords(value)
  const values = Object.entries(decided)
  const [first] = values
  if (first === undefined) return 'nothing'
  if (values.length === 1) return words(...first)
  return values
    .map(([field, value]) => `${LABELS[field] ?? fieldLabel(field)} ${words(field, value)}`)
    .join(', ')
}

/** "1214 by Carl on another laptop, 08:13". */
export function wordInWords(
  word: ConflictingWord,
  kind: Conflict['kind'],
  zone: string,
  now: number,
): string {
  const what = kind === 'bib' ? (word.name ?? 'somebody') : saidInWords(word, zone, now)
  const where = word.thisLaptop ? 'on this laptop' : 'on another laptop'
  return `${what} by ${word.decidedBy ?? 'somebody'} ${where}, ${moment(word.decidedAt, zone, now)}`
}

/** What became of the word that was given last. */
export function keptInWords({ kind, kept, lost }: Conflict): string {
  if (kind === 'decision') return 'stands'
  return kept.decidedAt === lost.decidedAt ? 'has no reads' : 'has the reads'
}
