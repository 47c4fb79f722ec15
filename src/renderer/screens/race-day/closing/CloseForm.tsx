import { Checkbox, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { RaceDay } from '../../../../api/race-day.ts'
import { client, type Outputs } from '../../../client.ts'
import { Button } from '../../../components/Button.tsx'
import { DialogActions } from '../../../components/Dialog.tsx'
import { Note } from '../../../components/Note.tsx'
import { TroubleNote } from '../../../components/TroubleNote.tsx'
import { useTimingStatus } from '../../../queries.ts'
import { queries } from '../../../query.ts'
import { counted, listed } from '../../../words/numbers.ts'
import { moment } from '../../../words/time.ts'

interface CloseFormProps {
  readonly raceDay: RaceDay
  readonly facts: Outputs['closing']['facts']
  readonly onClose: () => void
}

const readersInWords = (connected: number): string =>
  connected === 0
    ? 'No reader is connected. One that comes back makes a new session; no read is lost.'
    : `${counted(connected, 'reader')} still connected: what comes then goes into a new session, so disconnect ${connected === 1 ? 'it' : 'them'} first.`

export function CloseForm({ raceDay, facts, onClose }: CloseFormProps) {
  const scheduled = facts.connections.filter(connection => connection.autoSyncEnabled)
  const active = facts.sessions.filter(session => session.status === 'active')
  const readers = useTimingStatus().data?.readers ?? []
  const connected = readers.filter(reader => reader.state !== 'gone').length
  const [endSessions, setEndSessions] = useState(true)
  // A connection that brings other days' events as well goes on unless somebody says otherwise.
  const [off, setOff] = useState<readonly string[]>(() =>
    scheduled.filter(connection => connection.otherEvents === 0).map(connection => connection.id),
  )
  const [deleteOn, setDeleteOn] = useState(facts.deleteOn ?? '')
  const close = useMutation({
    mutationFn: () =>
      client.closing.close({
        id: raceDay.id,
        endSessions,
        connectionIds: [...off],
        deleteOn: deleteOn === '' ? null : deleteOn,
      }),
    onSuccess: data => {
      queries.setQueryData(['closing', raceDay.id], data)
      for (const key of ['sessions', 'connections']) void queries.invalidateQueries({ queryKey: [key] })
      setOff([])
    },
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    close.mutate()
  }
  return (
    <form onSubmit={submit}>
      <Checkbox
        label={
          active.length === 0
            ? 'Every timing session has ended'
            : `End the timing ${active.length === 1 ? 'session' : 'sessions'} ${listed(active.map(session => session.sessionName))}`
        }
        description={readersInWords(connected)}
        checked={endSessions && active.length > 0}
        disabled={active.length === 0}
        onChange={event => setEndSessions(event.currentTarget.checked)}
      />
      {scheduled.map(({ id, connectionName, otherEvents }) => (
        <Checkbox
          key={id}
          label={`Schedule of ${connectionName} off`}
          {...(otherEvents > 0
            ? { description: `It also brings ${counted(otherEvents, 'event')} of other days.` }
            : {})}
          checked={off.includes(id)}
          onChange={event => {
            const checked = event.currentTarget.checked
            setOff(all => (checked ? [...all, id] : all.filter(other => other !== id)))
          }}
        />
      ))}
      <TextInput
        type="date"
        label="Personal data to be deleted on"
        description="Kept on this laptop as a reminder. Nothing is deleted by itself."
        value={deleteOn}
        onChange={event => setDeleteOn(event.currentTarget.value)}
      />
      {facts.closedAt !== null && (
        <div role="status">
          <Note tone="good">
            <b>Closed</b> by {facts.closedBy}, {moment(facts.closedAt, raceDay.timezone)}.
          </Note>
        </div>
      )}
      <TroubleNote error={close.error} what="Race not closed" />
      <DialogActions>
        <Button onClick={onClose}>{facts.closedAt === null ? 'Not yet' : 'Done'}</Button>
        <Button kind="main" submit disabled={close.isPending}>
          {facts.closedAt === null ? 'Close the race' : 'Close again'}
        </Button>
      </DialogActions>
    </form>
  )
}
