import { useEffect } from 'react'
import { isTyping, useHotkeys } from '../../components/use-hotkeys.ts'
import { useLive } from '../../live.ts'
import { useConnections, useHealth, useRaceDays, useUnifiedEvents } from '../../queries.ts'
import { useEngine } from '../../state/engine.ts'
import { usePlace } from '../../state/place.ts'
import { moment } from '../../words/time.ts'
import { Connections } from '../connections/Connections.tsx'
import { Displays } from '../displays/Displays.tsx'
import { Monitoring } from '../monitoring/Monitoring.tsx'
import { useZone } from '../race-day/day.ts'
import { RaceDay } from '../race-day/RaceDay.tsx'
import { Results } from '../results/Results.tsx'
import { Welcome } from '../welcome/Welcome.tsx'
import { Asked } from './Asked.tsx'
import { Navigation } from './Navigation.tsx'
import styles from './Shell.module.css'
import { StatusBar } from './StatusBar.tsx'
import { UnlockKeys } from './UnlockKeys.tsx'

/** The slash belongs to whoever is typing; Ctrl K is heard everywhere. */
function useSlash(): void {
  const callBibBox = usePlace(state => state.callBibBox)
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (event.key !== '/' || event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target))
        return
      event.preventDefault()
      callBibBox()
    }
    window.addEventListener('keydown', listen)
    return () => window.removeEventListener('keydown', listen)
  }, [callBibBox])
}

/** Nothing here yet: no connection, no event, so nobody. */
function useEmpty(): boolean {
  const connections = useConnections().data
  const raceDays = useRaceDays().data
  const events = useUnifiedEvents().data
  return connections?.length === 0 && raceDays?.length === 0 && events?.length === 0
}

export function Shell() {
  useLive()
  useSlash()
  const { screen, adding, callBibBox } = usePlace()
  useHotkeys({ 'Ctrl+K': callBibBox })
  const empty = useEmpty()
  const zone = useZone()
  const health = useHealth().data
  const silentSince = useEngine(state => state.silentSince)
  return (
    <div className={styles.shell}>
      <Navigation />
      <div className={styles.room}>
        {health?.practice && (
          <p className={styles.practice}>Practice race: simulated providers and readers</p>
        )}
        {health && !health.secrets.ok && <UnlockKeys message={health.secrets.message} />}
        {silentSince !== null && (
          <p className={styles.silent} role="alert">
            Engine not answering since {moment(silentSince, zone)}. What is shown may be old; it is asked
            again.
          </p>
        )}
        {empty && !adding && screen === 'race-day' ? (
          <Welcome />
        ) : screen === 'race-day' ? (
          <RaceDay />
        ) : screen === 'connections' ? (
          <Connections />
        ) : screen === 'results' ? (
          <Results />
        ) : screen === 'monitoring' ? (
          <Monitoring />
        ) : (
          <Displays />
        )}
      </div>
      <StatusBar />
      <Asked />
    </div>
  )
}
