import { NativeSelect, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { Match, RaceDay } from '../../../../api/race-day.ts'
import { client, type Inputs } from '../../../client.ts'
import { Button } from '../../../components/Button.tsx'
import { Dialog, DialogActions } from '../../../components/Dialog.tsx'
import { TroubleNote } from '../../../components/TroubleNote.tsx'
import { useDesk } from '../../../state/desk.ts'
import { personName } from '../../../words/people.ts'
import { keepPerson } from '../decide.ts'
import styles from './WalkUp.module.css'

type Entered = Omit<Inputs['raceDay']['addWalkUp'], 'eventId'>

const FIELDS: readonly { readonly name: keyof Entered; readonly label: string; readonly type?: string }[] = [
  { name: 'firstName', label: 'First name' },
  { name: 'lastName', label: 'Last name' },
  { name: 'bibNumber', label: 'Bib' },
  { name: 'chip', label: 'Chip' },
  { name: 'dateOfBirth', label: 'Date of birth', type: 'date' },
  { name: 'phone', label: 'Phone', type: 'tel' },
  { name: 'city', label: 'City' },
  { name: 'state', label: 'State' },
  { name: 'email', label: 'E-mail', type: 'email' },
]

interface WalkUpProps {
  readonly raceDay: RaceDay
  readonly onClose: () => void
  readonly onAdded: (person: Match) => void
}

/** A participant by hand, who was never at a provider. */
export function WalkUp({ raceDay, onClose, onAdded }: WalkUpProps) {
  const [eventId, setEventId] = useState(raceDay.events[0]?.id ?? '')
  const [values, setValues] = useState<Readonly<Record<string, string>>>({})
  const remember = useDesk(state => state.remember)
  const add = useMutation({
    mutationFn: () => {
      const filled = Object.fromEntries(Object.entries(values).filter(([, value]) => value.trim() !== ''))
      return client.raceDay.addWalkUp({
        ...filled,
        eventId,
        firstName: values.firstName ?? '',
        lastName: values.lastName ?? '',
      })
    },
    onSuccess: person => {
      keepPerson(person)
      remember({ kind: 'walk-up', words: `Walk-up ${personName(person)} added`, personId: person.id })
      onAdded(person)
      onClose()
    },
  })
  const set = (name: string, value: string): void => setValues(all => ({ ...all, [name]: value }))
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    add.mutate()
  }
  const complete = [eventId, values.firstName, values.lastName].every(value => (value ?? '').trim() !== '')
  return (
    <Dialog title="Walk-up" onClose={onClose} wide>
      <form onSubmit={submit}>
        <div className={styles.fields}>
          <NativeSelect
            label="Event"
            value={eventId}
            onChange={event => setEventId(event.currentTarget.value)}
            data={raceDay.events.map(event => ({ value: event.id, label: event.eventName }))}
          />
          <NativeSelect
            label="Gender"
            value={values.gender ?? ''}
            onChange={event => set('gender', event.currentTarget.value)}
            data={[
              { value: '', label: 'Not said' },
              { value: 'F', label: 'F' },
              { value: 'M', label: 'M' },
              { value: 'X', label: 'X' },
            ]}
          />
          {FIELDS.map(({ name, label, type = 'text' }) => (
            <TextInput
              key={name}
              label={label}
              type={type}
              autoComplete="off"
              value={values[name] ?? ''}
              onChange={event => set(name, event.currentTarget.value)}
              data-autofocus={name === 'firstName' ? true : undefined}
            />
          ))}
        </div>
        <TroubleNote error={add.error} what="Walk-up not added" />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="main" submit disabled={!complete || add.isPending}>
            Add walk-up
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
