import type { Match } from '../../../api/race-day.ts'
import { Button } from '../../components/Button.tsx'
import { Note } from '../../components/Note.tsx'
import { fieldLabel, valueInWords } from '../../words/fields.ts'
import { personName } from '../../words/people.ts'
import { moment } from '../../words/time.ts'
import type { Wish } from './decide.ts'

/** These stand among the person's states and facts, and keys of their own change them. */
const STATES: ReadonlySet<string> = new Set(['checked_in_at', 'race_status', 'note'])

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
  const overrides = person.overrides.filter(override => !STATES.has(override.field))
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
        if (differs) {
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
            {label} set to {valueInWords(override.value)} {by}, as {source} says now.{last}
          </Note>
        )
      })}
    </>
  )
}
