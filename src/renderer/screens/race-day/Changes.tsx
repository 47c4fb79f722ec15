import type { Match } from '../../../api/race-day.ts'
import { Button } from '../../components/Button.tsx'
import { Note } from '../../components/Note.tsx'
import { fieldLabel, valueInWords } from '../../words/fields.ts'
import { personName } from '../../words/people.ts'
import { moment } from '../../words/time.ts'
import type { Wish } from './decide.ts'

/** These show in the person's states and facts: what remains to say is who decided. */
const STATES = new Set(['checked_in_at', 'race_status', 'note'])

interface ChangesProps {
  readonly person: Match
  /** The provider's name. */
  readonly source: string
  readonly zone: string
  readonly onDecide: (wish: Wish) => void
}

/** What the crew decided, and what the source says otherwise. */
export function Changes({ person, source, zone, onDecide }: ChangesProps) {
  const waits = person.waitsForPush ? 'Waits to be sent to scoring.' : ''
  const { overrides } = person
  if (overrides.length === 0) return waits === '' ? null : <Note tone="info">{waits}</Note>
  return (
    <>
      {overrides.map((override, place) => {
        const differs = person.sourceDiffers.find(one => one.field === override.field)
        const label = fieldLabel(override.field)
        const by = `by ${override.decidedBy}, ${moment(override.decidedAt, zone)}${override.reason ? ` (${override.reason})` : ''}`
        const last = place === overrides.length - 1 ? ` ${waits}` : ''
        const takeBack = (
          <Button
            small
            kind="quiet"
            onClick={() =>
              onDecide({
                person,
                field: override.field,
                value: undefined,
                words: `${label} of ${personName(person)} as the source says`,
              })
            }
          >
            Take back
          </Button>
        )
        if (differs && !STATES.has(override.field)) {
          return (
            <Note key={override.field} actions={takeBack}>
              <b>
                {label} was {valueInWords(differs.source)} at {source}.
              </b>{' '}
              Changed to {valueInWords(differs.decided)} {by}.{last}
            </Note>
          )
        }
        return (
          <Note key={override.field} tone="info" actions={takeBack}>
            {stateWords(override.field, label, override.value)} {by}.{last}
          </Note>
        )
      })}
    </>
  )
}

function stateWords(field: string, label: string, value: unknown): string {
  if (field === 'checked_in_at') return value === null ? 'Check-in cleared' : 'Checked in'
  if (field === 'race_status') return `Race status ${value === 'none' ? 'none' : String(value).toUpperCase()}`
  if (field === 'note') return 'Note'
  return `${label} set to ${valueInWords(value)}`
}
