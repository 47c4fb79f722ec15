import { TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { Course } from '../../../../api/course.ts'
import type { RaceDay } from '../../../../api/race-day.ts'
import { client } from '../../../client.ts'
import { Button } from '../../../components/Button.tsx'
import { Dialog, DialogActions } from '../../../components/Dialog.tsx'
import { TroubleNote } from '../../../components/TroubleNote.tsx'
import { queries } from '../../../query.ts'
import { typedNumber } from '../../../words/numbers.ts'
import styles from './Boxes.module.css'

interface LapsDialogProps {
  readonly raceDay: RaceDay
  readonly course: Course
  readonly location: string
  readonly onClose: () => void
}

interface Typed {
  readonly laps: string
  readonly km: string
}

/** How often each event passes a location, and how far the first pass is. */
export function LapsDialog({ raceDay, course, location, onClose }: LapsDialogProps) {
  const before = new Map(
    raceDay.events.map(({ id }): [string, Typed] => {
      const point = course.points.find(one => one.eventId === id && one.location === location)
      return [id, { laps: String(point?.laps ?? 1), km: String(point?.distanceKm ?? '') }]
    }),
  )
  const [typed, setTyped] = useState<ReadonlyMap<string, Typed>>(before)
  const rows = raceDay.events.map(({ id, eventName }) => {
    const { laps: lapsText, km: kmText } = typed.get(id) ?? { laps: '1', km: '' }
    const laps = typedNumber(lapsText)
    const km = typedNumber(kmText)
    const badLaps = laps === null || !Number.isInteger(laps) || laps < 0 || laps > 999
    const badKm = kmText.trim() !== '' && (km === null || km < 0)
    const was = before.get(id)
    const changed = was?.laps !== lapsText.trim() || was.km !== kmText.trim()
    return { id, eventName, lapsText, kmText, laps, km, badLaps, badKm, changed }
  })
  const bad = rows.some(row => row.badLaps || row.badKm)
  const changed = rows.filter(row => row.changed)
  const save = useMutation({
    mutationFn: async () => {
      for (const { id: eventId, laps, km: distanceKm } of changed)
        await client.course.setPoint({ id: raceDay.id, eventId, location, laps: laps ?? 1, distanceKm })
    },
    onSuccess: onClose,
    onSettled: () => void queries.invalidateQueries({ queryKey: ['course', raceDay.id] }),
  })
  const say = (id: string, more: Partial<Typed>): void =>
    setTyped(now => new Map(now).set(id, { ...(now.get(id) ?? { laps: '1', km: '' }), ...more }))
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (!bad && changed.length > 0 && !save.isPending) save.mutate()
  }
  return (
    <Dialog title={`Laps at ${location}`} onClose={onClose}>
      <form onSubmit={submit}>
        <p className="faint">
          How often each event passes; 0: it does not come there. At a finish the last lap is the finish.
        </p>
        {rows.map((row, index) => (
          <div key={row.id} className={styles.two}>
            <TextInput
              label={`${row.eventName}, laps`}
              value={row.lapsText}
              error={row.badLaps ? 'A whole number, 0 to 999' : null}
              onChange={event => say(row.id, { laps: event.currentTarget.value })}
              autoComplete="off"
              {...(index === 0 ? { 'data-autofocus': true } : {})}
            />
            <TextInput
              label={`${row.eventName}, first at km`}
              placeholder="the location’s own"
              value={row.kmText}
              error={row.badKm ? 'A number of km' : null}
              onChange={event => say(row.id, { km: event.currentTarget.value })}
              autoComplete="off"
            />
          </div>
        ))}
        <TroubleNote error={save.error} what="Laps not kept" />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="main" submit disabled={bad || changed.length === 0 || save.isPending}>
            Save
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
