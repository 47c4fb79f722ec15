import type { Outputs } from '../../client.ts'
import { Note } from '../../components/Note.tsx'
import { count, counted } from '../../words/numbers.ts'
import styles from './ChipFile.module.css'

type Changes = NonNullable<Outputs['desk']['previewChipFile']['changes']>

const SHOWN = 12

/** "a, b, c and 40 more". */
function some(all: number, names: readonly string[]): string {
  const shown = names.slice(0, SHOWN)
  return all > shown.length ? `${shown.join(', ')} and ${count(all - shown.length)} more` : shown.join(', ')
}

/** What the file changes, or changed, in words. */
export function ChipFileChanges({ changes, done }: { readonly changes: Changes; readonly done: boolean }) {
  const parts = [
    `${count(changes.added)} new`,
    `${count(changes.moved)} ${done ? 'moved' : 'to another bib'}`,
    `${count(changes.kept)} as before`,
    ...(changes.removed > 0 ? [`${count(changes.removed)} on no bib any more`] : []),
  ]
  const lines = [
    changes.moved > 0 &&
      `To another bib: ${some(
        changes.moved,
        changes.movedChips.map(({ chip, from, bib }) => `${chip} from ${from} to ${bib}`),
      )}`,
    changes.removed > 0 &&
      `On no bib any more: ${some(
        changes.removed,
        changes.removedChips.map(({ chip, bib }) => `${chip} (was on ${bib})`),
      )}`,
    changes.doubled > 0 &&
      `${counted(changes.doubled, 'chip')} on several bibs, the last holds: ${some(
        changes.doubled,
        changes.doubledChips.map(({ chip, bibs }) => `${chip} on ${bibs.join(', ')}`),
      )}`,
    changes.unworn > 0 &&
      `${counted(changes.unworn, 'bib')} nobody wears: ${some(changes.unworn, changes.unwornBibs)}`,
    changes.bare > 0 &&
      `${counted(changes.bare, 'bib')} worn without a chip: ${some(changes.bare, changes.bareBibs)}`,
    changes.refused > 0 &&
      `${counted(changes.refused, 'row')} not taken: ${some(
        changes.refused,
        changes.refusedRows.map(({ line, reason }) => `line ${line} (${reason})`),
      )}`,
  ].filter(line => line !== false)
  const trouble = changes.doubled + changes.refused + changes.bare > 0
  return (
    <div role="status">
      <Note tone={trouble ? 'warn' : done ? 'good' : 'info'}>
        <b>{done ? 'Chips imported' : 'Would change'}:</b> {parts.join(', ')}.
        {lines.length > 0 && (
          <ul className={styles.lists}>
            {lines.map(line => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        )}
      </Note>
    </div>
  )
}
