import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { RaceDay } from '../../../../api/race-day.ts'
import type { StartShown } from '../../../../api/starts.ts'
import { client } from '../../../client.ts'
import { Button } from '../../../components/Button.tsx'
import { Panel, PanelTitle, Scroll } from '../../../components/Panel.tsx'
import { TroubleNote } from '../../../components/TroubleNote.tsx'
import { queries } from '../../../query.ts'
import { useStarts } from '../../../race-day-queries.ts'
import { count, counted } from '../../../words/numbers.ts'
import { foundInWords, startName } from '../../../words/starts.ts'
import { clock, clockExact } from '../../../words/time.ts'
import styles from '../DayTabs.module.css'
import { ChangeStart } from './ChangeStart.tsx'
import { GunNow } from './GunNow.tsx'
import { Guns } from './Guns.tsx'

/** Events and waves with their guns: planned, read, chosen, corrected. */
export function Starts({ raceDay }: { readonly raceDay: RaceDay }) {
  const starts = useStarts(raceDay.id)
  const [changing, setChanging] = useState<StartShown | null>(null)
  const takeBack = useMutation({
    mutationFn: ({ eventId, wave }: StartShown) => client.starts.takeBack({ id: raceDay.id, eventId, wave }),
    onSuccess: data => queries.setQueryData(['starts', raceDay.id], data),
  })
  const rows = starts.data?.starts ?? []
  const without = rows.filter(start => start.at === null && start.people > 0).length
  const aside = without > 0 ? `${counted(without, 'start')} without a gun` : 'every start has a gun'
  return (
    <main className={`${styles.room} ${styles.two}`}>
      <Panel label="Starts">
        <PanelTitle title="Starts" aside={starts.data ? aside : undefined} />
        <GunNow raceDay={raceDay} starts={rows} />
        <TroubleNote error={starts.error} what="Starts not read" onRefetch={() => void starts.refetch()} />
        <TroubleNote error={takeBack.error} what="Not taken back" onDismiss={takeBack.reset} />
        <Scroll>
          <table className={styles.table} aria-label="Starts">
            <thead>
              <tr>
                <th scope="col">Start</th>
                <th scope="col" className="number">
                  People
                </th>
                <th scope="col">Planned</th>
                <th scope="col">Gun that counts</th>
                <th scope="col" aria-label="Actions" />
              </tr>
            </thead>
            <tbody>
              {rows.map(start => (
                <tr key={`${start.eventId} ${start.wave}`}>
                  <td>
                    <b>{startName(start)}</b>
                  </td>
                  <td className="number">{count(start.people)}</td>
                  <td>{start.plannedAt === null ? '—' : clock(start.plannedAt, raceDay.timezone)}</td>
                  <td>
                    {start.at === null ? (
                      <b className="bad">no gun</b>
                    ) : (
                      <b>{clockExact(start.at, raceDay.timezone)}</b>
                    )}
                    <br />
                    <small>{foundInWords(start, raceDay.timezone)}</small>
                  </td>
                  <td>
                    <div className={styles.actions}>
                      <Button
                        small
                        aria-label={`Change ${startName(start)}`}
                        onClick={() => setChanging(start)}
                      >
                        Change…
                      </Button>
                      {(start.found === 'chosen' || start.found === 'corrected') && (
                        <Button
                          small
                          aria-label={`Take back ${startName(start)}`}
                          disabled={takeBack.isPending}
                          onClick={() => takeBack.mutate(start)}
                        >
                          Take back
                        </Button>
                      )}
                    </div>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          {starts.isSuccess && rows.length === 0 && (
            <p className={styles.none}>No events in this race day.</p>
          )}
        </Scroll>
      </Panel>
      <Guns
        raceDay={raceDay}
        guns={starts.data?.guns ?? []}
        starts={rows}
        windowMs={starts.data?.startWindowMs}
      />
      {changing && (
        <ChangeStart
          raceDay={raceDay}
          start={changing}
          guns={starts.data?.guns ?? []}
          onClose={() => setChanging(null)}
        />
      )}
    </main>
  )
}
