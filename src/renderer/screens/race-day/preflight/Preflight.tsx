import type { PreflightLine } from '../../../../api/preflight.ts'
import type { RaceDay } from '../../../../api/race-day.ts'
import { Button } from '../../../components/Button.tsx'
import { Panel, PanelTitle, Scroll } from '../../../components/Panel.tsx'
import { Tag } from '../../../components/Tag.tsx'
import { TroubleNote } from '../../../components/TroubleNote.tsx'
import { usePreflight } from '../../../race-day-queries.ts'
import { counted } from '../../../words/numbers.ts'
import type { Tone } from '../../../words/said.ts'
import { clock } from '../../../words/time.ts'
import styles from '../DayTabs.module.css'

const STATES: Readonly<Record<PreflightLine['state'], { readonly tone: Tone; readonly words: string }>> = {
  ready: { tone: 'good', words: 'ready' },
  look: { tone: 'warn', words: 'look at it' },
  'not-ready': { tone: 'bad', words: 'not ready' },
}

function summary(lines: readonly PreflightLine[]): string {
  const not = lines.filter(line => line.state === 'not-ready').length
  const look = lines.filter(line => line.state === 'look').length
  if (not + look === 0) return 'all ready'
  return [not > 0 ? `${not} not ready` : '', look > 0 ? `${look} to look at` : ''].filter(Boolean).join(' · ')
}

/** The five-in-the-morning check, on one page, from what is known on this laptop. */
export function Preflight({ raceDay }: { readonly raceDay: RaceDay }) {
  const check = usePreflight(raceDay.id)
  const lines = check.data?.lines ?? []
  return (
    <main className={styles.room}>
      <Panel label="Preflight">
        <PanelTitle
          title="Preflight"
          aside={
            check.data
              ? `${summary(lines)} · ${counted(lines.length, 'line')} · checked ${clock(check.data.at, raceDay.timezone)}`
              : undefined
          }
        />
        <div className={styles.bar}>
          <Button small disabled={check.isFetching} onClick={() => void check.refetch()}>
            Check again
          </Button>
          <span className="faint">No call is made to anybody. Sync now (F5) makes one.</span>
        </div>
        <TroubleNote error={check.error} what="Not checked" onRefetch={() => void check.refetch()} />
        <Scroll>
          <table className={styles.table} aria-label="Preflight">
            <thead>
              <tr>
                <th scope="col">State</th>
                <th scope="col">What</th>
                <th scope="col">How it is</th>
                <th scope="col">To do</th>
              </tr>
            </thead>
            <tbody>
              {lines.map(line => (
                <tr key={line.key}>
                  <td style={{ whiteSpace: 'nowrap' }}>
                    <Tag tone={STATES[line.state].tone}>{STATES[line.state].words}</Tag>
                  </td>
                  <td>
                    <b>{line.title}</b>
                  </td>
                  <td>{line.words}</td>
                  <td>{line.todo}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      </Panel>
    </main>
  )
}
