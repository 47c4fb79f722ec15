import { NativeSelect } from '@mantine/core'
import { useState } from 'react'
import type { RaceDay } from '../../../api/race-day.ts'
import type { Session } from '../../../api/timing.ts'
import { Button } from '../../components/Button.tsx'
import { useHotkeys } from '../../components/use-hotkeys.ts'
import { useNow } from '../../components/use-now.ts'
import { useHealth, useProviders, useRaceDays } from '../../queries.ts'
import { useDesk } from '../../state/desk.ts'
import { pairName } from '../../words/connections.ts'
import { count, listed } from '../../words/numbers.ts'
import { gunsOf } from '../../words/people.ts'
import { clock, dayInWords, moment } from '../../words/time.ts'
import { Header } from '../shell/Header.tsx'
import { ChipFile } from './ChipFile.tsx'
import styles from './DayHeader.module.css'
import { useZone } from './day.ts'
import { ImportFile } from './import/ImportFile.tsx'
import { SessionNote } from './SessionNote.tsx'
import type { SyncRun } from './sync-run.ts'

interface DayHeaderProps {
  readonly raceDay: RaceDay
  readonly session: Session | null
  readonly sessions: readonly Session[]
  readonly run: SyncRun
}

export function DayHeader({ raceDay, session, sessions, run }: DayHeaderProps) {
  const [importing, setImporting] = useState(false)
  const [chips, setChips] = useState(false)
  useHotkeys({ 'Alt+L': () => setChips(true) })
  const chooseSession = useDesk(state => state.chooseSession)
  return (
    <Header>
      <DayPicker raceDay={raceDay} run={run} />
      {sessions.length > 1 && (
        <NativeSelect
          aria-label="Timing session"
          size="xs"
          value={session?.id ?? ''}
          onChange={event => chooseSession(event.currentTarget.value)}
          data={sessions.map(one => ({
            value: one.id,
            label: `${one.sessionName}${one.status === 'ended' ? ' (ended)' : ''}`,
          }))}
        />
      )}
      <Button onClick={() => setImporting(true)} disabled={session === null}>
        Import file…
      </Button>
      <Button hotkey="Alt+L" onClick={() => setChips(true)}>
        Chip file…
      </Button>
      <SyncNow run={run} />
      <SessionNote raceDay={raceDay} session={session} />
      <SiteClock raceDay={raceDay} />
      {importing && session && <ImportFile session={session} onClose={() => setImporting(false)} />}
      {chips && <ChipFile raceDay={raceDay} onClose={() => setChips(false)} />}
    </Header>
  )
}

function DayPicker({ raceDay, run }: { readonly raceDay: RaceDay; readonly run: SyncRun }) {
  const raceDays = useRaceDays().data ?? []
  const providers = useProviders().data ?? []
  const chooseRaceDay = useDesk(state => state.chooseRaceDay)
  const pairs = [...new Set(run.connections.map(connection => pairName(providers, connection)))]
  const events = listed(raceDay.events.map(event => event.eventName))
  return (
    <div className={styles.pick}>
      <small title={events}>{[pairs.join(', '), events].filter(Boolean).join(' · ') || 'No events'}</small>
      {raceDays.length > 1 ? (
        <NativeSelect
          aria-label="Race day"
          variant="unstyled"
          size="xs"
          classNames={{ input: styles.name ?? '' }}
          value={raceDay.id}
          onChange={event => chooseRaceDay(event.currentTarget.value)}
          data={raceDays.map(day => ({ value: day.id, label: `${day.name} · ${dayInWords(day.date)}` }))}
        />
      ) : (
        <h1 className={styles.name}>
          {raceDay.name} · {dayInWords(raceDay.date)}
        </h1>
      )}
    </div>
  )
}

function SyncNow({ run }: { readonly run: SyncRun }) {
  const zone = useZone()
  const network = useHealth().data?.network
  const waiting = run.connections.reduce((sum, connection) => sum + connection.waiting, 0)
  const sync = waiting > 0 ? `Sync now · ${count(waiting)} waiting` : 'Sync now'
  const words = run.connections.length === 0 ? 'No connection to sync' : run.canStart ? sync : 'Syncing'
  return (
    <>
      <Button kind="main" hotkey="F5" disabled={!run.canStart} onClick={run.start}>
        {words}
      </Button>
      {network?.state === 'down' && (
        <p className={styles.offline}>
          No network{network.since === null ? '' : ` since ${moment(network.since, zone)}`}. All of this works
          without it.
        </p>
      )}
    </>
  )
}

function SiteClock({ raceDay }: { readonly raceDay: RaceDay }) {
  const now = useNow(250)
  const guns = gunsOf(raceDay)
  const shown = guns.slice(0, 3).map(gun => clock(gun, raceDay.timezone))
  const more = guns.length > 3 ? ` and ${guns.length - 3} more` : ''
  return (
    <div className={styles.clock} title={raceDay.timezone}>
      {clock(now, raceDay.timezone)}
      <small>
        {guns.length === 0
          ? 'no gun yet'
          : `${guns.length === 1 ? 'gun' : 'guns'} ${shown.join(', ')}${more}`}
      </small>
    </div>
  )
}
