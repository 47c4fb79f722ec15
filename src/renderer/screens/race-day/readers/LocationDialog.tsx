import { NativeSelect, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { Course } from '../../../../api/course.ts'
import type { RaceDay } from '../../../../api/race-day.ts'
import { COUNTED_READS, LOCATION_KINDS } from '../../../../core/model.ts'
import { client } from '../../../client.ts'
import { Button } from '../../../components/Button.tsx'
import { Dialog, DialogActions } from '../../../components/Dialog.tsx'
import { TroubleNote } from '../../../components/TroubleNote.tsx'
import { queries } from '../../../query.ts'
import { kindName } from '../../../words/course.ts'
import { typedNumber } from '../../../words/numbers.ts'
import styles from './Boxes.module.css'

interface LocationDialogProps {
  readonly raceDay: RaceDay
  readonly sessionId: string
  /** Null: a new one. */
  readonly location: Course['locations'][number] | null
  readonly onClose: () => void
}

const text = (value: number | null | undefined): string => (value == null ? '' : String(value))

/** What a location is: its kind, which read counts, where on the course. */
export function LocationDialog({ raceDay, sessionId, location, onClose }: LocationDialogProps) {
  const [name, setName] = useState(location?.locationName ?? '')
  const [kind, setKind] = useState(location?.kind ?? 'split')
  const [counts, setCounts] = useState(location?.counts ?? 'first')
  const [seconds, setSeconds] = useState(text((location?.duplicateWindowMs ?? 30_000) / 1000))
  const [km, setKm] = useState(text(location?.distanceKm))
  const [order, setOrder] = useState(text(location?.courseOrder))
  const windowS = typedNumber(seconds)
  const distanceKm = typedNumber(km)
  const courseOrder = typedNumber(order)
  const badWindow = windowS === null || windowS < 0 || windowS > 86_400
  const badKm = km.trim() !== '' && (distanceKm === null || distanceKm < 0)
  const badOrder = order.trim() !== '' && (courseOrder === null || !Number.isInteger(courseOrder))
  const ready = name.trim() !== '' && !badWindow && !badKm && !badOrder
  const save = useMutation({
    mutationFn: () => {
      const said = {
        ...{ kind, counts, distanceKm, courseOrder },
        duplicateWindowMs: Math.round((windowS ?? 0) * 1000),
      }
      return location === null
        ? client.course.addLocation({ sessionId, locationName: name.trim(), ...said })
        : client.course.setLocation({ id: location.id, ...said })
    },
    onSuccess: () => {
      for (const key of [['course', raceDay.id], ['places'], ['sessions']])
        void queries.invalidateQueries({ queryKey: key })
      onClose()
    },
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (ready && !save.isPending) save.mutate()
  }
  return (
    <Dialog title={location === null ? 'Add a location' : location.locationName} onClose={onClose}>
      <form onSubmit={submit}>
        {location === null && (
          <TextInput
            label="Name"
            description="As the reader will call it"
            placeholder="9K"
            value={name}
            onChange={event => setName(event.currentTarget.value)}
            autoComplete="off"
            data-autofocus
          />
        )}
        <div className={styles.two}>
          <NativeSelect
            label="Kind"
            value={kind}
            onChange={event => setKind(LOCATION_KINDS.find(one => one === event.currentTarget.value) ?? kind)}
            data={LOCATION_KINDS.map(one => ({ value: one, label: kindName(one) }))}
          />
          <NativeSelect
            label="Which read counts"
            value={counts}
            onChange={event =>
              setCounts(COUNTED_READS.find(one => one === event.currentTarget.value) ?? counts)
            }
            data={[
              { value: 'first', label: 'The first of a passing' },
              { value: 'last', label: 'The last of a passing' },
            ]}
          />
        </div>
        <TextInput
          label="Read again within, seconds"
          description="Reads of somebody so soon after each other are one passing"
          value={seconds}
          error={badWindow ? '0 to 86400' : null}
          onChange={event => setSeconds(event.currentTarget.value)}
          autoComplete="off"
        />
        <div className={styles.two}>
          <TextInput
            label="Km from the start"
            description="At the first pass; empty: not said"
            value={km}
            error={badKm ? 'A number of km' : null}
            onChange={event => setKm(event.currentTarget.value)}
            autoComplete="off"
          />
          <TextInput
            label="Place in the order"
            description="1 comes before 2; empty: by km"
            value={order}
            error={badOrder ? 'A whole number' : null}
            onChange={event => setOrder(event.currentTarget.value)}
            autoComplete="off"
          />
        </div>
        <TroubleNote error={save.error} what="Location not kept" />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="main" submit disabled={!ready || save.isPending}>
            {location === null ? 'Add' : 'Save'}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
