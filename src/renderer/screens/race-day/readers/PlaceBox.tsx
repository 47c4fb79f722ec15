import { NativeSelect, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { Box, Places, Span } from '../../../../api/places.ts'
import type { Session } from '../../../../api/timing.ts'
import { client } from '../../../client.ts'
import { Button } from '../../../components/Button.tsx'
import { Dialog, DialogActions } from '../../../components/Dialog.tsx'
import { Note } from '../../../components/Note.tsx'
import { TroubleNote } from '../../../components/TroubleNote.tsx'
import { queries } from '../../../query.ts'
import { momentTyped, typedMoment } from '../../../words/places.ts'
import { clock, dayInWords, dayOf } from '../../../words/time.ts'
import styles from './Boxes.module.css'

interface PlaceBoxProps {
  readonly session: Session
  readonly places: Places
  readonly box: Box
  /** The span to change; null makes a new one. */
  readonly span: Span | null
  /** Of a new one. */
  readonly fromAt: number | null
  readonly onClose: () => void
}

/** A place of a box, from when to when. */
export function PlaceBox({ session, places, box, span, fromAt, onClose }: PlaceBoxProps) {
  const { timezone: zone } = places
  const day = dayOf(box.firstAt ?? fromAt ?? session.startedAt, zone)
  const [locationId, setLocationId] = useState(span?.locationId ?? places.locations[0]?.id ?? '')
  const [from, setFrom] = useState(typedMoment(span?.fromAt ?? fromAt, day, zone))
  const [to, setTo] = useState(typedMoment(span?.toAt ?? null, day, zone))
  const begins = momentTyped(from, day, zone)
  const ends = momentTyped(to, day, zone)
  const badFrom = from.trim() !== '' && begins === null
  const badTo = to.trim() !== '' && ends === null
  const backwards = begins !== null && ends !== null && ends <= begins
  const ready = locationId !== '' && !badFrom && !badTo && !backwards
  const done = (data: Places): void => {
    queries.setQueryData(['places', session.id], data)
    onClose()
  }
  const save = useMutation({
    mutationFn: () =>
      client.places.place({
        ...{ id: session.id, device: box.device, locationId, fromAt: begins, toAt: ends },
        ...(span === null ? {} : { spanId: span.id }),
      }),
    onSuccess: done,
  })
  const remove = useMutation({
    mutationFn: (spanId: string) => client.places.removeSpan({ spanId }),
    onSuccess: done,
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (ready) save.mutate()
  }
  const form = 'hh:mm or hh:mm:ss, of another day with YYYY-MM-DD before it'
  return (
    <Dialog title={`Where box ${box.device} stood`} onClose={onClose}>
      <form onSubmit={submit}>
        {places.locations.length === 0 ? (
          <Note>This session has no location yet. Add one under Locations first.</Note>
        ) : (
          <NativeSelect
            label="Location"
            value={locationId}
            onChange={event => setLocationId(event.currentTarget.value)}
            data={places.locations.map(({ id, locationName }) => ({ value: id, label: locationName }))}
            data-autofocus
          />
        )}
        <div className={styles.two}>
          <TextInput
            label="From"
            description={`${dayInWords(day)}; empty: from the beginning`}
            placeholder="08:00:00"
            value={from}
            error={badFrom ? form : null}
            onChange={event => setFrom(event.currentTarget.value)}
            autoComplete="off"
          />
          <TextInput
            label="To"
            description="Not included; empty: to the end"
            placeholder="12:00:00"
            value={to}
            error={badTo ? form : backwards ? 'Before it begins' : null}
            onChange={event => setTo(event.currentTarget.value)}
            autoComplete="off"
          />
        </div>
        {box.turns.length > 0 && (
          <>
            <p className="faint">May have been moved at; takes it as the beginning:</p>
            <div className={styles.turns}>
              {box.turns.map(turn => (
                <Button
                  key={`${turn.at} ${turn.words}`}
                  small
                  onClick={() => setFrom(typedMoment(turn.at, day, zone))}
                >
                  {clock(turn.at, zone)} {turn.words}
                </Button>
              ))}
            </div>
          </>
        )}
        <TroubleNote error={save.error} what="Box not placed" />
        <TroubleNote error={remove.error} what="Not removed" />
        <DialogActions>
          {span !== null && (
            <Button kind="danger" disabled={remove.isPending} onClick={() => remove.mutate(span.id)}>
              Remove
            </Button>
          )}
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="main" submit disabled={!ready || save.isPending}>
            {span === null ? 'Place it' : 'Save'}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
