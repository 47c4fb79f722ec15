import { NativeSelect } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import type { RaceDay } from '../../../../api/race-day.ts'
import type { GunShown, StartShown } from '../../../../api/starts.ts'
import { client } from '../../../client.ts'
import { Panel, PanelTitle, Scroll } from '../../../components/Panel.tsx'
import { TroubleNote } from '../../../components/TroubleNote.tsx'
import { queries } from '../../../query.ts'
import { counted } from '../../../words/numbers.ts'
import { gunSource, startName } from '../../../words/starts.ts'
import { clockExact } from '../../../words/time.ts'
import styles from '../DayTabs.module.css'

const MINUTE = 60_000
const WINDOWS: readonly number[] = [0, 1, 2, 5, 10, 15, 20, 30, 60]

interface GunsProps {
  readonly raceDay: RaceDay
  readonly guns: readonly GunShown[]
  readonly starts: readonly StartShown[]
  readonly windowMs: number | undefined
}

/** Every gun that was read or pressed, with the starts it counts for. */
export function Guns({ raceDay, guns, starts, windowMs }: GunsProps) {
  const usedBy = (gun: GunShown): string =>
    starts
      .filter(start => start.gunReadId === gun.id && start.found !== 'event')
      .map(startName)
      .join('; ')
  return (
    <Panel label="Guns">
      <PanelTitle title="Guns read" aside={counted(guns.length, 'gun')} />
      <Scroll>
        <table className={styles.table} aria-label="Guns">
          <thead>
            <tr>
              <th scope="col">Time</th>
              <th scope="col">From</th>
              <th scope="col">Counts for</th>
            </tr>
          </thead>
          <tbody>
            {guns.map(gun => (
              <tr key={gun.id}>
                <td>
                  {gun.at === null
                    ? (gun.timeProblem ?? gun.rawTime ?? 'no time')
                    : clockExact(gun.at, raceDay.timezone)}
                </td>
                <td>{gunSource(gun)}</td>
                <td>{usedBy(gun) || <span className="faint">no start</span>}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {guns.length === 0 && (
          <p className={styles.none}>
            None yet. Guns come with a reader’s stream, with a box’s .mrk file, or by Gun now.
          </p>
        )}
      </Scroll>
      {windowMs !== undefined && <StartWindow raceDay={raceDay} windowMs={windowMs} />}
    </Panel>
  )
}

/** How long before the own gun a read at the start line counts for the chip time. */
function StartWindow({ raceDay, windowMs }: { readonly raceDay: RaceDay; readonly windowMs: number }) {
  const set = useMutation({
    mutationFn: (minutes: number) => client.starts.setWindow({ startWindowMs: minutes * MINUTE }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['starts', raceDay.id] }),
  })
  const minutes = windowMs / MINUTE
  const choices = [...new Set([...WINDOWS, minutes])].sort((a, b) => a - b)
  return (
    <div className={styles.bar}>
      <NativeSelect
        size="xs"
        label="A start read counts for chip time from"
        description="On this laptop. The last start read counts."
        value={String(minutes)}
        disabled={set.isPending}
        onChange={event => set.mutate(Number(event.currentTarget.value))}
        data={choices.map(value => ({ value: String(value), label: `${value} min before the own gun` }))}
      />
      <TroubleNote error={set.error} what="Not changed" onDismiss={set.reset} />
    </div>
  )
}
