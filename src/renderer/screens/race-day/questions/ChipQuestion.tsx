import { TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { Match, RaceDay } from '../../../../api/race-day.ts'
import { client } from '../../../client.ts'
import { Button } from '../../../components/Button.tsx'
import { Dialog, DialogActions } from '../../../components/Dialog.tsx'
import { Note } from '../../../components/Note.tsx'
import { TroubleNote } from '../../../components/TroubleNote.tsx'
import { personName } from '../../../words/people.ts'
import { useDecide } from '../decide.ts'
import { SwapChips } from './SwapChips.tsx'

interface ChipQuestionProps {
  readonly person: Match
  readonly raceDay: RaceDay
  readonly onClose: () => void
}

/** What saving comes to, in words. */
function whatCounts(person: Match, chips: readonly string[]): string {
  const bib = person.bibNumber === null ? '' : `bib ${person.bibNumber}`
  const supplied =
    person.bibChips.length > 0
      ? `The supplier put ${person.bibChips.join(', ')} on ${bib}; reads of it stay theirs.`
      : bib === ''
        ? 'No bib, so no chip comes with it.'
        : `The supplier put no chip on ${bib}; a chip of that number counts.`
  if (chips.length === 0) return supplied
  return `${supplied} Reads of own ${chips.join(', ')} are theirs too, whatever bib it was on.`
}

/** The person's own chips; those on the bib come with the bib. */
export function ChipQuestion({ person, raceDay, onClose }: ChipQuestionProps) {
  const [typed, setTyped] = useState(person.chips.join(', '))
  const [reason, setReason] = useState('')
  const decide = useDecide()
  const chips = [...new Set(typed.split(/[\s,;]+/).filter(Boolean))]
  const last = chips.at(-1) ?? ''
  const holders = useQuery({
    queryKey: ['lookup', raceDay.id, 'chip', last],
    queryFn: ({ signal }) => client.raceDay.lookup({ chip: last, raceDayId: raceDay.id }, { signal }),
    enabled: last !== '',
  })
  const others = (holders.data?.matches ?? []).filter(match => match.id !== person.id)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const words =
      chips.length === 0
        ? `No own chip for ${personName(person)}`
        : `Chip ${chips.join(', ')} for ${personName(person)}`
    decide.mutate(
      { person, field: 'chips', value: chips, reason: reason.trim(), words },
      { onSuccess: onClose },
    )
  }
  return (
    <Dialog title={`Chip of ${personName(person)}`} onClose={onClose}>
      <p className="faint">{whatCounts(person, chips)}</p>
      <form onSubmit={submit}>
        <TextInput
          label="Own chip"
          description="Several: with commas. None: empty."
          size="lg"
          value={typed}
          onChange={event => setTyped(event.currentTarget.value)}
          autoComplete="off"
          data-autofocus
        />
        <TextInput
          label="Reason"
          placeholder="chip broken (optional)"
          value={reason}
          onChange={event => setReason(event.currentTarget.value)}
        />
        {others.length > 0 && (
          <Note>
            <b>Chip {last} is also</b>{' '}
            {others.map(one => `${personName(one)}’s (bib ${one.bibNumber ?? 'none'})`).join(', ')}.
          </Note>
        )}
        <TroubleNote error={decide.error} what="Chip not changed" />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="main" submit disabled={decide.isPending}>
            Save chip
          </Button>
        </DialogActions>
      </form>
      <SwapChips person={person} raceDay={raceDay} onClose={onClose} />
    </Dialog>
  )
}
