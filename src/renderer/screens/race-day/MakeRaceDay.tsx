import { Checkbox, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { client } from '../../client.ts'
import { Button } from '../../components/Button.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { useProviders, useUnifiedEvents } from '../../queries.ts'
import { queries } from '../../query.ts'
import { useDesk } from '../../state/desk.ts'
import { usePlace } from '../../state/place.ts'
import { providerName } from '../../words/connections.ts'
import { counted } from '../../words/numbers.ts'
import { dayInWords, dayOf, laptopZone } from '../../words/time.ts'
import styles from './RaceDay.module.css'

/** Events are there, but nobody said yet which share a site and a day. */
export function MakeRaceDay() {
  const events = useUnifiedEvents().data ?? []
  const providers = useProviders().data ?? []
  const go = usePlace(state => state.go)
  const chooseRaceDay = useDesk(state => state.chooseRaceDay)
  const [chosen, setChosen] = useState<readonly string[]>([])
  const [name, setName] = useState('')
  const [date, setDate] = useState('')
  const first = events.find(event => chosen.includes(event.id))
  const day = date || (first?.eventDate ?? dayOf(Date.now(), first?.timezone ?? laptopZone()))
  const called = name || first?.raceName || first?.eventName || ''
  const make = useMutation({
    mutationFn: () =>
      client.raceDay.addRaceDay({
        name: called,
        date: day,
        eventIds: [...chosen],
        ...(first?.timezone ? { timezone: first.timezone } : {}),
      }),
    onSuccess: async raceDay => {
      await queries.invalidateQueries({ queryKey: ['race-days'] })
      chooseRaceDay(raceDay.id)
    },
  })
  if (events.length === 0) {
    return (
      <>
        <h2>No race day</h2>
        <p className="soft">No events on this laptop. A connection brings them.</p>
        <div>
          <Button onClick={() => go('connections')}>Go to connections</Button>
        </div>
      </>
    )
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    make.mutate()
  }
  return (
    <form className={styles.form} onSubmit={submit}>
      <h2>No race day yet</h2>
      <p className="soft">Choose the events that share a site and a day.</p>
      <Checkbox.Group label="Events" value={[...chosen]} onChange={setChosen}>
        <div className={styles.checks}>
          {events.map(event => (
            <Checkbox
              key={event.id}
              value={event.id}
              label={[
                event.eventName,
                event.raceName,
                event.eventDate === null ? null : dayInWords(event.eventDate),
                providerName(providers, event.sourceProvider),
                counted(event.participants, 'person', 'people'),
              ]
                .filter(Boolean)
                .join(' · ')}
            />
          ))}
        </div>
      </Checkbox.Group>
      <TextInput label="Name" value={called} onChange={event => setName(event.currentTarget.value)} />
      <TextInput
        label="Date"
        type="date"
        value={day}
        onChange={event => setDate(event.currentTarget.value)}
      />
      <TroubleNote error={make.error} what="Race day not made" />
      <div>
        <Button kind="main" submit disabled={chosen.length === 0 || called === '' || make.isPending}>
          Make race day
        </Button>
      </div>
    </form>
  )
}
