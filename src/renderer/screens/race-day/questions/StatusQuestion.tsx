import { TextInput } from '@mantine/core'
import { useState } from 'react'
import type { Match } from '../../../../api/race-day.ts'
import type { RaceStatus } from '../../../../core/model.ts'
import { Button } from '../../../components/Button.tsx'
import { Dialog } from '../../../components/Dialog.tsx'
import { TroubleNote } from '../../../components/TroubleNote.tsx'
import { personName } from '../../../words/people.ts'
import { useDecide } from '../decide.ts'
import styles from './StatusQuestion.module.css'

const CHOICES: readonly {
  readonly status: RaceStatus
  readonly key: string
  readonly words: string
  readonly short: string
}[] = [
  { status: 'dns', key: '1', words: 'DNS, did not start', short: 'DNS' },
  { status: 'dnf', key: '2', words: 'DNF, did not finish', short: 'DNF' },
  { status: 'dq', key: '3', words: 'DQ, disqualified', short: 'DQ' },
  { status: 'none', key: '4', words: 'None of these', short: 'No race status' },
]

/** One of four, by number or arrow; a reason where it matters. */
export function StatusQuestion({
  person,
  onClose,
}: {
  readonly person: Match
  readonly onClose: () => void
}) {
  const [reason, setReason] = useState('')
  const decide = useDecide()
  const choose = (choice: (typeof CHOICES)[number]): void =>
    decide.mutate(
      {
        person,
        field: 'race_status',
        value: choice.status,
        reason: reason.trim(),
        words: `${choice.short} for ${personName(person)}`,
      },
      { onSuccess: onClose },
    )
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.target instanceof HTMLInputElement) return
    const choice = CHOICES.find(one => one.key === event.key)
    if (!choice || decide.isPending) return
    event.preventDefault()
    choose(choice)
  }
  return (
    <Dialog title={`Race status of ${personName(person)}`} onClose={onClose}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: hears the numbers of its buttons */}
      <div className={styles.choices} onKeyDown={onKeyDown}>
        {CHOICES.map(choice => (
          <Button
            key={choice.status}
            hotkey={choice.key}
            kind={person.raceStatus === choice.status ? 'main' : 'plain'}
            aria-pressed={person.raceStatus === choice.status}
            disabled={decide.isPending}
            data-autofocus={choice.key === '1' ? true : undefined}
            onClick={() => choose(choice)}
          >
            {choice.words}
          </Button>
        ))}
        <TextInput
          label="Reason"
          placeholder="optional; say it for a DQ"
          value={reason}
          onChange={event => setReason(event.currentTarget.value)}
        />
      </div>
      <TroubleNote error={decide.error} what="Race status not changed" />
    </Dialog>
  )
}
