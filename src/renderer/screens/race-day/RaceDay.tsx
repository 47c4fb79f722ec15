import type { RaceDay as Day } from '../../../api/race-day.ts'
import type { Session } from '../../../api/timing.ts'
import { Panel } from '../../components/Panel.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { useHotkeys } from '../../components/use-hotkeys.ts'
import { useRaceDays } from '../../queries.ts'
import { usePlace } from '../../state/place.ts'
import { Header } from '../shell/Header.tsx'
import { Course } from './Course.tsx'
import { DayHeader } from './DayHeader.tsx'
import { DayTabs } from './DayTabs.tsx'
import { useRaceDay, useSession } from './day.ts'
import { HelpDesk } from './HelpDesk.tsx'
import { KeyedReads } from './keyed/KeyedReads.tsx'
import { LiveReads } from './LiveReads.tsx'
import { MakeRaceDay } from './MakeRaceDay.tsx'
import { NobodysReads } from './NobodysReads.tsx'
import { Preflight } from './preflight/Preflight.tsx'
import styles from './RaceDay.module.css'
import { Readers } from './Readers.tsx'
import { ReadersRoom } from './readers/ReadersRoom.tsx'
import { SyncReport } from './SyncReport.tsx'
import { Starts } from './starts/Starts.tsx'
import { StillOut } from './still-out/StillOut.tsx'
import { useSyncRun } from './sync-run.ts'

/** The room of the race day: the help desk, and beside it what a start and an end need. */
export function RaceDay() {
  const raceDay = useRaceDay()
  const days = useRaceDays()
  if (raceDay) return <Room raceDay={raceDay} />
  return (
    <>
      <Header>
        <h1 className={styles.heading}>Race day</h1>
      </Header>
      <main className={styles.single}>
        <TroubleNote error={days.error} what="Race days not read" onRefetch={() => void days.refetch()} />
        {days.isSuccess && <MakeRaceDay />}
      </main>
    </>
  )
}

function Room({ raceDay }: { readonly raceDay: Day }) {
  const { session, choices } = useSession(raceDay)
  const run = useSyncRun(raceDay)
  useHotkeys({ F5: run.canStart ? run.start : () => undefined })
  return (
    <>
      <DayHeader raceDay={raceDay} session={session} sessions={choices} run={run} />
      <DayTabs raceDay={raceDay} />
      <SyncReport run={run} />
      <View raceDay={raceDay} session={session} />
    </>
  )
}

interface ViewProps {
  readonly raceDay: Day
  readonly session: Session | null
}

function View({ raceDay, session }: ViewProps) {
  const view = usePlace(state => state.dayView)
  switch (view) {
    case 'desk':
      return <Desk raceDay={raceDay} session={session} />
    case 'preflight':
      return <Preflight raceDay={raceDay} />
    case 'starts':
      return <Starts key={raceDay.id} raceDay={raceDay} />
    case 'still-out':
      return <StillOut raceDay={raceDay} />
    case 'keyed':
      return <KeyedReads raceDay={raceDay} session={session} />
    case 'readers':
      return <ReadersRoom raceDay={raceDay} session={session} />
  }
}

/** Who is it, what is being read, how it stands. */
function Desk({ raceDay, session }: ViewProps) {
  return (
    <main className={styles.room}>
      <HelpDesk key={raceDay.id} raceDay={raceDay} session={session} />
      <LiveReads raceDay={raceDay} session={session} />
      <Panel label="Course">
        <div className={styles.course}>
          <Course raceDay={raceDay} />
          <NobodysReads raceDay={raceDay} session={session} />
          <Readers />
        </div>
      </Panel>
    </main>
  )
}
