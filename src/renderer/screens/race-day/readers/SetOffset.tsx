import { SegmentedControl, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { RaceDay } from '../../../../api/race-day.ts'
import type { Measured } from '../../../../api/reader-clocks.ts'
import type { Session } from '../../../../api/timing.ts'
import { client } from '../../../client.ts'
import { Button } from '../../../components/Button.tsx'
import { Dialog, DialogActions } from '../../../components/Dialog.tsx'
import { Note } from '../../../components/Note.tsx'
import { TroubleNote } from '../../../components/TroubleNote.tsx'
import { queries } from '../../../query.ts'
import { counted } from '../../../words/numbers.ts'
import { offsetInWords, offsetTyped } from '../../../words/offsets.ts'
import { momentTyped } from '../../../words/places.ts'
import { clockExact } from '../../../words/time.ts'
import styles from './Boxes.module.css'
import { type Found, MeasureAt } from './MeasureAt.tsx'

interface SetOffsetProps {
  readonly raceDay: RaceDay
  readonly session: Session
  readonly device: string
  readonly onClose: () => void
}

/** What is to be added to a reader's times: typed, or measured at one of its reads. */
export function SetOffset({ raceDay, session, device, onClose }: SetOffsetProps) {
  const { timezone: zone } = session
  const [how, setHow] = useState<'constant' | 'measured'>('constant')
  const [typed, setTyped] = useState('')
  const [at, setAt] = useState<Found | null>(null)
  const [from, setFrom] = useState('')
  const [to, setTo] = useState('')
  const [reason, setReason] = useState('')
  const offsetMs = offsetTyped(typed)
  const found: Found | null = how === 'measured' ? at : offsetMs === null ? null : { offsetMs }
  const fromAt = momentTyped(from, raceDay.date, zone)
  const toAt = momentTyped(to, raceDay.date, zone)
  const badFrom = from.trim() !== '' && fromAt === null
  const badTo = to.trim() !== '' && toAt === null
  const measurement = { sessionId: session.id, device, fromAt, toAt }
  const measured = useQuery({
    queryKey: ['measure-clock', measurement, found],
    queryFn: ({ signal }) =>
      client.readerClocks.measure({ ...measurement, found: found ?? { offsetMs: 0 } }, { signal }),
    enabled: found !== null && !badFrom && !badTo,
    gcTime: 0,
  })
  const ready = found !== null && measured.isSuccess && !badFrom && !badTo
  const give = useMutation({
    mutationFn: (chosen: Found) =>
      client.readerClocks.set({
        ...{ ...measurement, found: chosen },
        ...(reason.trim() === '' ? {} : { reason: reason.trim() }),
      }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['reader-clocks', session.id] })
      onClose()
    },
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (ready && !give.isPending) give.mutate(found)
  }
  const form = 'hh:mm:ss, of another day with YYYY-MM-DD before it'
  return (
    <Dialog title={`Offset of ${device}`} onClose={onClose} wide>
      <form onSubmit={submit}>
        <SegmentedControl
          aria-label="How it is known"
          value={how}
          onChange={value => setHow(value === 'measured' ? 'measured' : 'constant')}
          data={[
            { value: 'constant', label: 'I know it' },
            { value: 'measured', label: 'Measure it at a read' },
          ]}
        />
        {how === 'constant' ? (
          <TextInput
            label="Is added to its times"
            description="Seconds, or h:mm:ss; with − the reader is ahead"
            placeholder="+2.31"
            value={typed}
            error={typed.trim() !== '' && offsetMs === null ? 'Seconds like 2.31 or -3600, or 1:00:00' : null}
            onChange={event => setTyped(event.currentTarget.value)}
            autoComplete="off"
            data-autofocus
          />
        ) : (
          <MeasureAt raceDay={raceDay} zone={zone} device={device} onFound={setAt} />
        )}
        <div className={styles.two}>
          <TextInput
            label="From"
            description="By its own clock; empty: all before"
            value={from}
            error={badFrom ? form : null}
            onChange={event => setFrom(event.currentTarget.value)}
            autoComplete="off"
          />
          <TextInput
            label="To"
            description="Not included; empty: to the end"
            value={to}
            error={badTo ? form : null}
            onChange={event => setTo(event.currentTarget.value)}
            autoComplete="off"
          />
        </div>
        <TextInput
          label="Reason"
          placeholder="clock never set (optional)"
          value={reason}
          onChange={event => setReason(event.currentTarget.value)}
          autoComplete="off"
        />
        {found !== null && measured.data && <Moves measured={measured.data} zone={zone} />}
        <TroubleNote error={measured.error} what="Not measured" />
        <TroubleNote error={give.error} what="Offset not given" />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="main" submit disabled={!ready || give.isPending}>
            Apply
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}

function Moves({ measured, zone }: { readonly measured: Measured; readonly zone: string }) {
  const { offsetMs, offsetMsBefore, readerAt, trueAt, samePassing, moves, movesGuns } = measured
  return (
    <div role="status">
      <Note tone={samePassing === false ? 'warn' : 'info'}>
        <b>
          Moves {counted(moves, 'read')}
          {movesGuns > 0 && ` (${counted(movesGuns, 'gun')} among them)`} by{' '}
          {offsetInWords(offsetMs - offsetMsBefore)}
        </b>
        {offsetMsBefore !== 0 &&
          `: ${offsetInWords(offsetMs)} is added instead of ${offsetInWords(offsetMsBefore)}`}
        .
        {readerAt !== null &&
          trueAt !== null &&
          ` The reader said ${clockExact(readerAt, zone)}, it was ${clockExact(trueAt, zone)}.`}
        {samePassing === false &&
          ' The two reads are not of one passing: look whether they are the right ones.'}
      </Note>
    </div>
  )
}
