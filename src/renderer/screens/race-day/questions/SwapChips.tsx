import { TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { Match, RaceDay } from '../../../../api/race-day.ts'
import { client } from '../../../client.ts'
import { Button } from '../../../components/Button.tsx'
import { DialogActions } from '../../../components/Dialog.tsx'
import { Note } from '../../../components/Note.tsx'
import { TroubleNote } from '../../../components/TroubleNote.tsx'
import { useDesk } from '../../../state/desk.ts'
import { chipsOfBib, personName } from '../../../words/people.ts'
import { keepPerson } from '../decide.ts'

interface SwapChipsProps {
  readonly person: Match
  readonly raceDay: RaceDay
  readonly onClose: () => void
}

/** Two people wore each other's bib: each gets the other's chips. */
export function SwapChips({ person, raceDay, onClose }: SwapChipsProps) {
  const [bib, setBib] = useState('')
  const remember = useDesk(state => state.remember)
  const wanted = bib.trim()
  const wearers = useQuery({
    queryKey: ['lookup', raceDay.id, 'bib', wanted],
    queryFn: ({ signal }) => client.raceDay.lookup({ bib: wanted, raceDayId: raceDay.id }, { signal }),
    enabled: wanted !== '',
  })
  const found = wearers.data?.matches.filter(match => match.id !== person.id) ?? []
  const other = wanted === '' ? undefined : found[0]
  const done = (match: Match): void => {
    keepPerson(match)
    onClose()
  }
  const swap = useMutation({
    mutationFn: (one: Match) => client.desk.swapChips({ id: person.id, withId: one.id }),
    onSuccess: (match, one) => {
      const words = `Chips of ${personName(person)} and ${personName(one)} swapped`
      remember({ kind: 'swap', words, personId: person.id, withId: one.id })
      done(match)
    },
  })
  const back = useMutation({
    mutationFn: (withId: string) => client.desk.takeBackSwap({ id: person.id, withId }),
    onSuccess: done,
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (other && !swap.isPending) swap.mutate(other)
  }
  const swapped = person.chipsSwappedWith
  if (swapped) {
    return (
      <Note
        actions={
          <Button small disabled={back.isPending} onClick={() => back.mutate(swapped.id)}>
            Take the swap back
          </Button>
        }
      >
        <b>Chips are swapped with {swapped.name}</b> (bib {swapped.bibNumber ?? 'none'}).
        <TroubleNote error={back.error} what="Swap not taken back" />
      </Note>
    )
  }
  return (
    <form onSubmit={submit}>
      <TextInput
        label="Swapped with bib"
        description="Two who wore each other’s bib: each gets the other’s chips, all reads of the day."
        value={bib}
        onChange={event => setBib(event.currentTarget.value)}
        autoComplete="off"
      />
      {other && (
        <Note tone="info">
          {personName(person)} gets {chipsOfBib(other)} of {personName(other)} ({other.eventName}), who gets{' '}
          {chipsOfBib(person)}.
        </Note>
      )}
      {wanted !== '' && wearers.isSuccess && !other && <p className="bad">Nobody wears bib {wanted}.</p>}
      <TroubleNote error={wearers.error} what="Not searched" />
      <TroubleNote error={swap.error} what="Chips not swapped" />
      <DialogActions>
        <Button submit disabled={!other || swap.isPending}>
          Swap chips
        </Button>
      </DialogActions>
    </form>
  )
}
