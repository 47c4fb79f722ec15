import { useState } from 'react'
import type { Course } from '../../../../api/course.ts'
import type { RaceDay } from '../../../../api/race-day.ts'
import type { Session } from '../../../../api/timing.ts'
import { Button } from '../../../components/Button.tsx'
import { Panel, PanelTitle, Scroll } from '../../../components/Panel.tsx'
import { Tag } from '../../../components/Tag.tsx'
import { TroubleNote } from '../../../components/TroubleNote.tsx'
import { useCourse } from '../../../readers-queries.ts'
import { kindName, pointsInWords } from '../../../words/course.ts'
import { counted } from '../../../words/numbers.ts'
import { duration } from '../../../words/time.ts'
import tabs from '../DayTabs.module.css'
import { LapsDialog } from './LapsDialog.tsx'
import { LimitsDialog } from './LimitsDialog.tsx'
import { LocationDialog } from './LocationDialog.tsx'

type Location = Course['locations'][number]
type Open = { readonly what: 'laps' | 'change'; readonly location: Location } | 'add' | 'limits' | null

interface LocationsProps {
  readonly raceDay: RaceDay
  readonly session: Session
}

/** What each location is, which read counts there, and how often an event passes. */
export function Locations({ raceDay, session }: LocationsProps) {
  const course = useCourse(raceDay.id)
  const [open, setOpen] = useState<Open>(null)
  const data = course.data
  const undefinedOnes = data?.locations.filter(location => !location.defined).length ?? 0
  const several = new Set(data?.locations.map(location => location.sessionId)).size > 1
  const close = (): void => setOpen(null)
  return (
    <Panel label="Locations">
      <PanelTitle
        title="Locations"
        aside={
          undefinedOnes > 0
            ? `${counted(undefinedOnes, 'location')} whose kind nobody said`
            : data && counted(data.locations.length, 'location')
        }
      />
      <div className={tabs.bar}>
        <Button small onClick={() => setOpen('add')}>
          Add a location…
        </Button>
        <Button small onClick={() => setOpen('limits')}>
          Limits…
        </Button>
        {data && (
          <span className="faint">
            Faster than {data.fastestKmh} km/h is questionable · reads count for{' '}
            {counted(data.lastsDays, 'day')}
          </span>
        )}
      </div>
      <TroubleNote error={course.error} what="Locations not read" onRefetch={() => void course.refetch()} />
      <Scroll>
        <table className={tabs.table} aria-label="Locations">
          <thead>
            <tr>
              <th scope="col">Location</th>
              <th scope="col">Kind</th>
              <th scope="col">Which read counts</th>
              <th scope="col" className="number">
                Read again within
              </th>
              <th scope="col" className="number">
                Km
              </th>
              <th scope="col" className="number">
                Order
              </th>
              <th scope="col">Laps</th>
              <th scope="col" aria-label="Actions" />
            </tr>
          </thead>
          <tbody>
            {data?.locations.map(location => (
              <tr key={location.id}>
                <td>
                  <b>{location.locationName}</b>
                  {several && <small> {location.sessionName}</small>}
                </td>
                <td>
                  {kindName(location.kind)}
                  {!location.defined && (
                    <>
                      {' '}
                      <Tag tone="warn">guessed from the name: say it</Tag>
                    </>
                  )}
                </td>
                <td>{location.counts === 'first' ? 'the first of a passing' : 'the last of a passing'}</td>
                <td className="number">{duration(location.duplicateWindowMs)}</td>
                <td className="number">{location.distanceKm ?? '—'}</td>
                <td className="number">{location.courseOrder ?? '—'}</td>
                <td>{pointsInWords(data, location.locationName) || 'once'}</td>
                <td>
                  <div className={tabs.actions}>
                    <Button
                      small
                      aria-label={`Change ${location.locationName}`}
                      onClick={() => setOpen({ what: 'change', location })}
                    >
                      Change…
                    </Button>
                    <Button
                      small
                      aria-label={`Laps at ${location.locationName}`}
                      onClick={() => setOpen({ what: 'laps', location })}
                    >
                      Laps…
                    </Button>
                  </div>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        {data?.locations.length === 0 && (
          <p className={tabs.none}>No location yet. A reader’s first read makes its own.</p>
        )}
      </Scroll>
      {open === 'add' && (
        <LocationDialog raceDay={raceDay} sessionId={session.id} location={null} onClose={close} />
      )}
      {open === 'limits' && data && <LimitsDialog raceDay={raceDay} course={data} onClose={close} />}
      {open !== null && typeof open === 'object' && open.what === 'change' && (
        <LocationDialog
          raceDay={raceDay}
          sessionId={open.location.sessionId}
          location={open.location}
          onClose={close}
        />
      )}
      {open !== null && typeof open === 'object' && open.what === 'laps' && data && (
        <LapsDialog raceDay={raceDay} course={data} location={open.location.locationName} onClose={close} />
      )}
    </Panel>
  )
}
