import type { RaceDay } from '../../../../api/race-day.ts'
import type { Session } from '../../../../api/timing.ts'
import { Panel, PanelTitle } from '../../../components/Panel.tsx'
import { useCourse } from '../../../readers-queries.ts'
import { type ReadersView, usePlace } from '../../../state/place.ts'
import { count } from '../../../words/numbers.ts'
import tabs from '../DayTabs.module.css'
import { SessionNote } from '../SessionNote.tsx'
import { Boxes } from './Boxes.tsx'
import { Clocks } from './Clocks.tsx'
import { Locations } from './Locations.tsx'
import { NobodysChips } from './NobodysChips.tsx'
import { Now } from './Now.tsx'
import { Questionable } from './Questionable.tsx'
import styles from './ReadersRoom.module.css'

const VIEWS: readonly { readonly view: ReadersView; readonly words: string }[] = [
  { view: 'now', words: 'Now' },
  { view: 'boxes', words: 'Where boxes stood' },
  { view: 'locations', words: 'Locations' },
  { view: 'clocks', words: 'Clocks' },
  { view: 'questions', words: 'Questionable reads' },
  { view: 'chips', words: 'Nobody’s chips' },
]

interface ReadersRoomProps {
  readonly raceDay: RaceDay
  readonly session: Session | null
}

/** All about the boxes: what they do now, where they stood, what of their reads is to be looked at. */
export function ReadersRoom({ raceDay, session }: ReadersRoomProps) {
  const { readersView, goReaders } = usePlace()
  const course = useCourse(raceDay.id).data
  const unsaid = course?.locations.filter(location => !location.defined).length ?? 0
  return (
    <main className={`${tabs.room} ${styles.room}`}>
      <nav className={styles.views} aria-label="Readers views">
        {VIEWS.map(({ view, words }) => (
          <button
            key={view}
            type="button"
            aria-current={readersView === view ? 'page' : undefined}
            onClick={() => goReaders(view)}
          >
            {words}
            {view === 'locations' && unsaid > 0 && <b className="warn"> {count(unsaid)} guessed</b>}
          </button>
        ))}
      </nav>
      <View raceDay={raceDay} session={session} view={readersView} />
    </main>
  )
}

function View({ raceDay, session, view }: ReadersRoomProps & { readonly view: ReadersView }) {
  if (view === 'now') return <Now session={session} />
  if (view === 'questions') return <Questionable key={raceDay.id} raceDay={raceDay} />
  if (view === 'chips') return <NobodysChips />
  if (session === null) {
    return (
      <Panel label="Readers">
        <PanelTitle title="Readers" />
        <div className={tabs.bar}>
          No timing session for this race day.
          <SessionNote raceDay={raceDay} session={null} />
        </div>
      </Panel>
    )
  }
  switch (view) {
    case 'boxes':
      return <Boxes key={session.id} session={session} />
    case 'locations':
      return <Locations key={session.id} raceDay={raceDay} session={session} />
    case 'clocks':
      return <Clocks key={session.id} raceDay={raceDay} session={session} />
  }
}
