import { NativeSelect, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { RaceDay } from '../../../../api/race-day.ts'
import type { GunShown, StartShown } from '../../../../api/starts.ts'
import { client } from '../../../client.ts'
import { Button } from '../../../components/Button.tsx'
import { Dialog, DialogActions } from '../../../components/Dialog.tsx'
import { TroubleNote } from '../../../components/TroubleNote.tsx'
import { queries } from '../../../query.ts'
import { gunSource, startName, timeOfDay } from '../../../words/starts.ts'
import { clock, clockExact } from '../../../words/time.ts'

interface ChangeStartProps {
  readonly raceDay: RaceDay
  readonly start: StartShown
  readonly guns: readonly GunShown[]
  readonly onClose: () => void
}

/** Another gun read, or a time that somebody typed; the plan; and why. */
export function ChangeStart({ raceDay, start, guns, onClose }: ChangeStartProps) {
  const { timezone: zone, date } = raceDay
  const plan = start.plannedAt === null ? '' : clock(start.plannedAt, zone)
  const [gun, setGun] = useState('')
  const [typed, setTyped] = useState('')
  const [planned, setPlanned] = useState(plan)
  const [reason, setReason] = useState('')
  const corrected = timeOfDay(typed, date, zone)
  const plannedAt = timeOfDay(planned, date, zone)
  const badTime = typed.trim() !== '' && corrected === null
  const badPlan = planned.trim() !== '' && plannedAt === null
  const newPlan = planned !== plan && !badPlan
  const something = corrected !== null || gun !== '' || newPlan
  const save = useMutation({
    mutationFn: () =>
      client.starts.decide({
        id: raceDay.id,
        eventId: start.eventId,
        wave: start.wave,
        ...(gun === '' ? {} : { gunReadId: Number(gun) }),
        ...(corrected === null ? {} : { correctedAt: corrected }),
        ...(newPlan ? { plannedAt } : {}),
        ...(reason.trim() === '' ? {} : { reason: reason.trim() }),
      }),
    onSuccess: data => {
      queries.setQueryData(['starts', raceDay.id], data)
      onClose()
    },
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (something && !badTime && !badPlan) save.mutate()
  }
  const now = start.at === null ? 'none now' : `now ${clockExact(start.at, zone)}`
  return (
    <Dialog title={`Gun of ${startName(start)}`} onClose={onClose}>
      <form onSubmit={submit}>
        <NativeSelect
          label="Gun read"
          value={gun}
          onChange={event => setGun(event.currentTarget.value)}
          disabled={typed.trim() !== ''}
          data={[
            { value: '', label: `Leave it (${now})` },
            ...guns.flatMap(one =>
              one.at === null
                ? []
                : [{ value: String(one.id), label: `${clockExact(one.at, zone)} · ${gunSource(one)}` }],
            ),
          ]}
          data-autofocus
        />
        <TextInput
          label="Or the right time"
          description={`Of ${date}, ${zone}; it stands above every gun read`}
          placeholder="08:00:12.5"
          value={typed}
          error={badTime ? 'hh:mm:ss, with fractions if known' : null}
          onChange={event => setTyped(event.currentTarget.value)}
          autoComplete="off"
        />
        <TextInput
          label="Planned"
          placeholder="08:00"
          value={planned}
          error={badPlan ? 'hh:mm or hh:mm:ss' : null}
          onChange={event => setPlanned(event.currentTarget.value)}
          autoComplete="off"
        />
        <TextInput
          label="Reason"
          placeholder="stopwatch, false start (optional)"
          value={reason}
          onChange={event => setReason(event.currentTarget.value)}
        />
        <TroubleNote error={save.error} what="Start not changed" />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="main" submit disabled={!something || badTime || badPlan || save.isPending}>
            Save
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
