import { NativeSelect } from '@mantine/core'
import { useState } from 'react'
import type { RaceDay } from '../../../../api/race-day.ts'
import { Button } from '../../../components/Button.tsx'
import { Panel, PanelTitle, Scroll } from '../../../components/Panel.tsx'
import { TroubleNote } from '../../../components/TroubleNote.tsx'
import { useNow } from '../../../components/use-now.ts'
import { useStillOut } from '../../../race-day-queries.ts'
import { useDesk } from '../../../state/desk.ts'
import { usePlace } from '../../../state/place.ts'
import { counted } from '../../../words/numbers.ts'
import { clock, duration, moment, raceTime } from '../../../words/time.ts'
import styles from '../DayTabs.module.css'
import { Contact } from './Contact.tsx'
import own from './StillOut.module.css'

/** Who was read somewhere and at no finish: the longest unseen first. */
export function StillOut({ raceDay }: { readonly raceDay: RaceDay }) {
  const [eventId, setEventId] = useState('')
  const out = useStillOut(raceDay.id, eventId)
  const now = useNow(5000)
  const show = useDesk(state => state.show)
  const goDay = usePlace(state => state.goDay)
  const people = out.data?.people ?? []
  const total = out.data?.total ?? 0
  const zone = raceDay.timezone
  const eventName = raceDay.events.find(event => event.id === eventId)?.eventName ?? 'all events'
  return (
    <main className={styles.room}>
      <Panel label="Still out">
        <PanelTitle title="Still out" aside={out.data ? counted(total, 'person', 'people') : undefined} />
        <div className={styles.bar}>
          <NativeSelect
            aria-label="Event"
            size="xs"
            value={eventId}
            onChange={event => setEventId(event.currentTarget.value)}
            data={[
              { value: '', label: 'All events' },
              ...raceDay.events.map(event => ({ value: event.id, label: event.eventName })),
            ]}
          />
          <Button small disabled={people.length === 0} onClick={() => window.print()}>
            Print
          </Button>
          <span className="faint">
            Each look at a phone or an emergency contact is kept with who and when.
          </span>
        </div>
        <p className={own.printed}>
          {raceDay.name}, {eventName}: {counted(total, 'person', 'people')} still out at{' '}
          {moment(now, zone, 0)}
        </p>
        <TroubleNote error={out.error} what="Still out not read" onRefetch={() => void out.refetch()} />
        <Scroll>
          <table className={`${styles.table} ${own.people}`} aria-label="Still out">
            <thead>
              <tr>
                <th scope="col">Bib</th>
                <th scope="col">Name</th>
                <th scope="col">Event</th>
                <th scope="col">Last seen</th>
                <th scope="col" className="number">
                  Unseen for
                </th>
                <th scope="col">Contact</th>
              </tr>
            </thead>
            <tbody>
              {people.map(person => (
                <tr key={person.participantId}>
                  <td>
                    <b>{person.bibNumber ?? '—'}</b>
                  </td>
                  <td>
                    <button
                      type="button"
                      className={own.person}
                      onClick={() => {
                        show(person.participantId)
                        goDay('desk')
                      }}
                    >
                      {person.name}
                    </button>
                    {person.note !== null && <small> {person.note}</small>}
                  </td>
                  <td>
                    {person.eventName}
                    {person.wave !== null && <small> {person.wave}</small>}
                  </td>
                  <td>
                    {person.lastLocation ?? 'location not set'}
                    {person.lastAt !== null && ` ${clock(person.lastAt, zone)}`}
                    {person.lastAt !== null && person.gunAt !== null && (
                      <small> after {raceTime(person.lastAt - person.gunAt)}</small>
                    )}
                  </td>
                  <td className="number">
                    {person.lastAt === null ? 'no time' : duration(now - person.lastAt)}
                  </td>
                  <td>
                    <Contact person={person} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          {people.length < total && (
            <p className={styles.none}>The {people.length} unseen longest are listed.</p>
          )}
          {out.isSuccess && people.length === 0 && <p className={styles.none}>Nobody is out.</p>}
        </Scroll>
      </Panel>
    </main>
  )
}
