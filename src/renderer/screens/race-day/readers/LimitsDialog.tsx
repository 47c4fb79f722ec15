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
import { momentExact } from '../../../words/time.ts'

interface LimitsDialogProps {
  readonly raceDay: RaceDay
  readonly course: Course
  readonly onClose: () => void
}

/** What a read must keep to: how fast anybody is, how long the race lasts. */
export function LimitsDialog({ raceDay, course, onClose }: LimitsDialogProps) {
  const [speed, setSpeed] = useState(course.fastestIsDefault ? '' : String(course.fastestKmh))
  const [days, setDays] = useState(course.lastsIsDefault ? '' : String(course.lastsDays))
  const fastestKmh = typedNumber(speed)
  const lastsDays = typedNumber(days)
  const badSpeed = speed.trim() !== '' && (fastestKmh === null || !(fastestKmh > 0) || fastestKmh > 500)
  const badDays =
    days.trim() !== '' &&
    (lastsDays === null || !Number.isInteger(lastsDays) || lastsDays < 1 || lastsDays > 60)
  const save = useMutation({
    mutationFn: () => client.course.setLimits({ id: raceDay.id, fastestKmh, lastsDays }),
    onSuccess: data => {
      queries.setQueryData(['course', raceDay.id], data)
      onClose()
    },
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (!badSpeed && !badDays && !save.isPending) save.mutate()
  }
  const { timezone: zone } = raceDay
  return (
    <Dialog title="Limits" onClose={onClose}>
      <form onSubmit={submit}>
        <TextInput
          label="Fastest, km/h"
          description={`Faster between two places is questionable. Empty: ${course.fastestIsDefault ? course.fastestKmh : 'a world record'}`}
          value={speed}
          error={badSpeed ? 'More than 0, at most 500' : null}
          onChange={event => setSpeed(event.currentTarget.value)}
          autoComplete="off"
          data-autofocus
        />
        <TextInput
          label="Days the race takes"
          description={`Reads count from ${momentExact(course.readsFrom, zone)} to ${momentExact(course.readsBefore, zone)}. A time outside is a wrong clock.`}
          value={days}
          error={badDays ? 'Whole days, 1 to 60' : null}
          onChange={event => setDays(event.currentTarget.value)}
          autoComplete="off"
        />
        <TroubleNote error={save.error} what="Limits not kept" />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="main" submit disabled={badSpeed || badDays || save.isPending}>
            Save
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
