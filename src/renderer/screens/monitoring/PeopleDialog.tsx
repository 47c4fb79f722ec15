import { TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useDeferredValue, useState } from 'react'
import type { KnownRegistration, PersonWord } from '../../../api/identity.ts'
import { client } from '../../client.ts'
import { Button } from '../../components/Button.tsx'
import { Dialog, DialogActions } from '../../components/Dialog.tsx'
import { Note } from '../../components/Note.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { useKnownPeople, usePersonWords } from '../../identity-queries.ts'
import { queries } from '../../query.ts'
import { doneInWords, wordInWords } from '../../words/identity.ts'
import { momentExact } from '../../words/time.ts'
import { useZone } from '../race-day/day.ts'
import { FoundPerson } from './FoundPerson.tsx'
import styles from './Monitoring.module.css'

const again = async (): Promise<void> => {
  await queries.invalidateQueries({ queryKey: ['known-people'] })
  await queries.invalidateQueries({ queryKey: ['person-words'] })
}

/** Two that are one are joined, one that is two is split: with a reason, over every later computing, and undone here. */
export function PeopleDialog({ onClose }: { readonly onClose: () => void }) {
  const [q, setQ] = useState('')
  const [reason, setReason] = useState('')
  /** Registrations that stand for the people to be joined, by person. */
  const [chosen, setChosen] = useState<ReadonlyMap<string, KnownRegistration>>(new Map())
  const [done, setDone] = useState('')
  const asked = useDeferredValue(q)
  const people = useKnownPeople(asked)
  const settled = (kind: 'same' | 'apart') => ({
    onSuccess: (_: unknown, of: readonly KnownRegistration[]) => {
      setChosen(new Map())
      setReason('')
      setDone(doneInWords(kind, of))
    },
    onSettled: again,
  })
  const join = useMutation({
    mutationFn: ([one, other]: readonly KnownRegistration[]) =>
      client.identity.join({ registrationId: one?.id ?? '', otherId: other?.id ?? '', reason }),
    ...settled('same'),
  })
  const split = useMutation({
    mutationFn: ([one]: readonly KnownRegistration[]) =>
      client.identity.split({ registrationId: one?.id ?? '', reason }),
    ...settled('apart'),
  })
  const why = reason.trim().length >= 3
  const busy = join.isPending || split.isPending
  return (
    <Dialog title="People over events" onClose={onClose} wide>
      <TextInput
        label="Name or e-mail address"
        description="The beginnings of its words, as they are at the central database"
        value={q}
        onChange={event => setQ(event.currentTarget.value)}
        data-autofocus
      />
      <TextInput
        label="Reason"
        description="Kept with the decision"
        value={reason}
        maxLength={500}
        onChange={event => setReason(event.currentTarget.value)}
      />
      <TroubleNote error={people.error} what="Nobody looked up" onRefetch={() => void people.refetch()} />
      {asked.trim().length >= 2 && people.isPending && <p role="status">Looking.</p>}
      {asked.trim().length >= 2 && people.data?.length === 0 && <p role="status">Nobody found.</p>}
      <ul aria-label="Found" className={styles.found}>
        {(asked.trim().length >= 2 ? (people.data ?? []) : []).map(person => (
          <FoundPerson
            key={person.id}
            person={person}
            chosen={chosen.has(person.id)}
            mayChoose={chosen.has(person.id) || chosen.size < 2}
            maySplit={why && !busy}
            onChoose={on => {
              const next = new Map(chosen)
              const [first] = person.registrations
              if (on && first) next.set(person.id, first)
              else next.delete(person.id)
              setChosen(next)
            }}
            onSplit={one => split.mutate([one])}
          />
        ))}
      </ul>
      {!why && (people.data?.length ?? 0) > 0 && (
        <Note>Say why first: it stands beside the decision, for whoever wonders later.</Note>
      )}
      {chosen.size > 0 && (
        <p role="status">
          To be joined:{' '}
          {[...chosen.values()].map(({ name, eventName }) => `${name}, ${eventName}`).join('; ')}
          {chosen.size === 1 && '; and somebody else'}
        </p>
      )}
      <p role="status" aria-label="Done">
        {done}
      </p>
      <TroubleNote error={join.error} what="Not joined" />
      <TroubleNote error={split.error} what="Not split" />
      <Decisions
        onUndone={word => setDone(`Undone. ${wordInWords(word)}: it is as the evidence says again.`)}
      />
      <DialogActions>
        <Button onClick={onClose}>Close</Button>
        <Button
          kind="main"
          disabled={chosen.size !== 2 || !why || busy}
          onClick={() => join.mutate([...chosen.values()])}
        >
          Join the two
        </Button>
      </DialogActions>
    </Dialog>
  )
}

function Decisions({ onUndone }: { readonly onUndone: (word: PersonWord) => void }) {
  const zone = useZone()
  const words = usePersonWords()
  const undo = useMutation({
    mutationFn: ({ id }: PersonWord) => client.identity.undo({ id }),
    onSuccess: (_, word) => onUndone(word),
    onSettled: again,
  })
  const standing = (words.data ?? []).filter(({ withdrawnAt }) => withdrawnAt === null)
  return (
    <>
      <TroubleNote error={words.error} what="Decisions not read" onRefetch={() => void words.refetch()} />
      {standing.length > 0 && <h3>Decided by hand</h3>}
      <ul aria-label="Decided by hand">
        {standing.map(word => (
          <li key={word.id}>
            {wordInWords(word)}{' '}
            <span className="soft">
              “{word.reason}”, {momentExact(word.decidedAt, zone)}
            </span>{' '}
            <Button small disabled={undo.isPending} onClick={() => undo.mutate(word)}>
              Undo
            </Button>
          </li>
        ))}
      </ul>
      <TroubleNote error={undo.error} what="Not undone" />
    </>
  )
}
