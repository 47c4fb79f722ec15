import { useState } from 'react'
import type { RaceDay } from '../../../api/race-day.ts'
import { Keycap } from '../../components/Keycap.tsx'
import { useHotkeys } from '../../components/use-hotkeys.ts'
import { useReadersStatus } from '../../readers-queries.ts'
import { type DayView, usePlace } from '../../state/place.ts'
import { counted } from '../../words/numbers.ts'
import { CloseRace } from './closing/CloseRace.tsx'
import styles from './DayTabs.module.css'

const TABS: readonly { readonly view: DayView; readonly words: string; readonly key: string }[] = [
  { view: 'desk', words: 'Help desk', key: 'Alt+1' },
  { view: 'preflight', words: 'Preflight', key: 'Alt+2' },
  { view: 'starts', words: 'Starts', key: 'Alt+3' },
  { view: 'still-out', words: 'Still out', key: 'Alt+4' },
  { view: 'keyed', words: 'Keyed reads', key: 'Alt+5' },
  { view: 'readers', words: 'Readers', key: 'Alt+6' },
]

/** Ways about a race day. */
export function DayTabs({ raceDay }: { readonly raceDay: RaceDay }) {
  const { dayView, goDay, callBibBox } = usePlace()
  const [closing, setClosing] = useState(false)
  const alarms = useReadersStatus().data?.alarms.length ?? 0
  const open = (view: DayView) => (): void => (view === 'desk' ? callBibBox() : goDay(view))
  useHotkeys({
    ...Object.fromEntries(TABS.map(({ view, key }) => [key, open(view)])),
    'Alt+7': () => setClosing(true),
  })
  return (
    <nav className={styles.tabs} aria-label="Race day views">
      {TABS.map(({ view, words, key }) => (
        <button
          key={view}
          type="button"
          aria-current={dayView === view ? 'page' : undefined}
          aria-keyshortcuts={key}
          onClick={open(view)}
        >
          {words}
          {view === 'readers' && alarms > 0 && <b className="bad"> {counted(alarms, 'alarm')}</b>}{' '}
          <Keycap>{key}</Keycap>
        </button>
      ))}
      <button
        type="button"
        className={styles.close}
        aria-keyshortcuts="Alt+7"
        onClick={() => setClosing(true)}
      >
        Close the race… <Keycap>Alt+7</Keycap>
      </button>
      {closing && <CloseRace raceDay={raceDay} onClose={() => setClosing(false)} />}
    </nav>
  )
}
