import type { Match } from '../../../api/race-day.ts'
import { passingsOf } from '../../words/passings.ts'
import { routeInWords } from '../../words/reads.ts'
import { clockExact, raceTime } from '../../words/time.ts'
import styles from './PersonPanel.module.css'

/** Each place the person was read at; further reads at the same place, and waiting at a start, are counted. */
export function PersonReads({ person, zone }: { readonly person: Match; readonly zone: string }) {
  if (person.reads.length === 0)
    return <p className="faint">No read of {person.bibNumber ?? 'this person'} yet.</p>
  return (
    <div className={styles.reads}>
      <table aria-label="Reads of this person">
        <thead>
          <tr>
            <th scope="col">Read</th>
            <th scope="col">Location</th>
            <th scope="col">Race time</th>
            <th scope="col">By</th>
          </tr>
        </thead>
        <tbody>
          {passingsOf(person.reads).map(({ read, since, times, reads }) => (
            <tr key={read.id}>
              <td>
                {since !== null && <small className={styles.since}>from {clockExact(since, zone)} to</small>}
                {read.at === null ? (read.rawTime ?? 'no time') : clockExact(read.at, zone)}
              </td>
              <td className={styles.place}>{read.location ?? 'not set'}</td>
              <td>
                <div className={styles.times}>
                  {read.raceTimeMs === null ? (
                    <span className="faint">no gun</span>
                  ) : (
                    <b>{raceTime(read.raceTimeMs)}</b>
                  )}
                  {read.chipTimeMs !== null && <span className="good">chip {raceTime(read.chipTimeMs)}</span>}
                </div>
              </td>
              <td className={styles.wrap}>
                {[
                  read.kind === 'manual' ? 'keyed' : read.route === null ? '' : routeInWords(read.route),
                  read.device,
                  read.state === 'duplicate' ? 'read again' : '',
                  read.isFinish && (read.laps ?? 1) > 1 ? 'finish' : '',
                  read.lap !== null && read.laps !== null && read.laps > 1
                    ? `lap\u00a0${read.lap} of ${read.laps}`
                    : '',
                  times > 1 ? `waited, counted ${times}\u00a0times` : '',
                  reads > times ? `${reads}\u00a0reads` : '',
                ]
                  .filter(Boolean)
                  .join(', ')}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
