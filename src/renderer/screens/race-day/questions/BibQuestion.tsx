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

interface BibQuestionProps {
  readonly person: Match
  readonly raceDay: RaceDay
  readonly onClose: () => void
}

/** Who wears a bib already, apart from this person. */
function useWearers(bib: string, person: Match, raceDay: RaceDay): readonly Match[] {
  const wearers = useQuery({
    queryKey: ['lookup', raceDay.id, 'bib', bib],
    queryFn: ({ signal }) => client.raceDay.lookup({ bib, raceDayId: raceDay.id }, { signal }),
    enabled: bib !== '',
  })
  return (wearers.data?.matches ?? []).filter(match => match.id !== person.id && match.bibNumber !== null)
}

export function BibQuestion({ person, raceDay, onClose }: BibQuestionProps) {
  const [bib, setBib] = useState('')
  const [reason, setReason] = useState('')
  const decide = useDecide()
  const wanted = bib.trim()
  const wearers = useWearers(wanted, person, raceDay)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (wanted === '') return
    decide.mutate(
      {
        person,
        field: 'bib_number',
        value: wanted,
        reason: reason.trim(),
        words: `Bib ${wanted} for ${personName(person)}`,
      },
      { onSuccess: onClose },
    )
  }
  return (
    <Dialog title={`New bib for ${personName(person)}`} onClose={onClose}>
      <form onSubmit={submit}>
        <TextInput
          label="New bib"
          description={
            person.bibNumber === null ? 'Has none' : `Now ${person.bibNumber}. The new bib brings its chips.`
          }
          size="lg"
          value={bib}
          onChange={event => setBib(event.currentTarget.value)}
          autoComplete="off"
          data-autofocus
        />
        <TextInput
          label="Reason"
          placeholder="lost bib (optional)"
          value={reason}
          onChange={event => setReason(event.currentTarget.value)}
        />
        {wearers.length > 0 && (
          <Note>
            <b>Bib {wanted} is taken</b> by{' '}
            {wearers.map(one => `${personName(one)} (${one.eventName})`).join(', ')}. Saving makes it worn
            twice; the latest decision links the reads.
          </Note>
        )}
        <TroubleNote error={decide.error} what="Bib not changed" />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="main" submit disabled={wanted === '' || decide.isPending}>
            Save bib
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
