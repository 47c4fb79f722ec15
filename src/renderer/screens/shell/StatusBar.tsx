import type { Connection } from '../../../api/connections.ts'
import type { Outputs } from '../../client.ts'
import { useNow } from '../../components/use-now.ts'
import { useFreeze } from '../../guard-queries.ts'
import { useConnections, useHealth, useTimingStatus } from '../../queries.ts'
import { useReadersStatus } from '../../readers-queries.ts'
import { useEngine } from '../../state/engine.ts'
import { usePlace } from '../../state/place.ts'
import { counted, rate } from '../../words/numbers.ts'
import { ago, moment } from '../../words/time.ts'
import { AlertsButton } from '../alerts/AlertsButton.tsx'
import { CentralButton } from '../central/CentralButton.tsx'
import { BackupsButton } from '../keeping/BackupsButton.tsx'
import { useZone } from '../race-day/day.ts'
import styles from './Shell.module.css'

interface State {
  readonly name: string
  readonly words: string
  readonly tone?: 'good' | 'warn' | 'bad'
}

function network(health: Outputs['system']['health'], zone: string, now: number): State {
  const { state, since } = health.network
  if (state === 'up') return { name: 'Network', words: 'up', tone: 'good' }
  if (state === 'unknown') return { name: 'Network', words: 'not tried yet' }
  return {
    name: 'Network',
    words: since === null ? 'none' : `none since ${moment(since, zone, now)}`,
    tone: 'bad',
  }
}

function timingFeed(status: Outputs['timing']['status'], now: number): State {
  const name = 'Timing feed'
  const { listener, readers } = status
  if (listener.state === 'failed') return { name, words: listener.message ?? 'port not open', tone: 'bad' }
  const here = readers.filter(reader => reader.state !== 'gone')
  if (here.length > 0) {
    const last = status.lastReadAt === null ? 'no read yet' : ago(status.lastReadAt, now)
    return { name, words: `${rate(status.readsPerSecond)} reads/s, ${last}` }
  }
  if (listener.state === 'stopped') return { name, words: 'not listening' }
  return {
    name,
    words: `no reader, listening on ${listener.port ?? '?'}`,
    tone: readers.length > 0 ? 'bad' : 'warn',
  }
}

function lastSync(connections: readonly Connection[], zone: string, now: number): State {
  const name = 'Last sync'
  const running = connections.filter(connection => connection.running !== null).length
  if (running > 0) return { name, words: `${counted(running, 'connection')} running` }
  const newest = Math.max(
    ...connections.map(connection => connection.lastSuccessAt ?? Number.NEGATIVE_INFINITY),
  )
  const failed = connections.filter(connection => connection.recent[0]?.status === 'failed').length
  const trouble = failed > 0 ? `, ${counted(failed, 'connection')} failing` : ''
  if (newest === Number.NEGATIVE_INFINITY)
    return { name, words: `none yet${trouble}`, ...(failed > 0 ? { tone: 'bad' } : {}) }
  return { name, words: `${moment(newest, zone, now)}${trouble}`, ...(failed > 0 ? { tone: 'bad' } : {}) }
}

/** Letters of a state that give way to shorter ones where the line is full. */
const LONG = 24

const shown = (state: State) => (
  <span
    key={state.name}
    title={`${state.name} ${state.words}`}
    data-long={state.words.length > LONG || undefined}
  >
    {state.name} <b data-tone={state.tone}>{state.words}</b>
  </span>
)

/** The one line that says how the laptop is, on every screen. */
export function StatusBar() {
  const now = useNow(500)
  const zone = useZone()
  const health = useHealth().data
  const timing = useTimingStatus().data
  const connections = useConnections().data
  const alarms = useReadersStatus().data?.alarms.length ?? 0
  const goReaders = usePlace(state => state.goReaders)
  const frozen = useFreeze().data
  const silentSince = useEngine(state => state.silentSince)
  const who = [...new Set([health?.you.name, health?.you.role])].join(', ')
  const first: State[] = []
  const states: State[] = []
  if (silentSince !== null) {
    first.push({
      name: 'Engine',
      words: `silent since ${moment(silentSince, zone, now)}`,
      tone: 'bad',
    })
  }
  if (health) first.push(network(health, zone, now))
  if (timing) states.push(timingFeed(timing, now))
  if (connections) states.push(lastSync(connections, zone, now))
  if (frozen) states.push({ name: 'Pushing', words: `frozen by ${frozen.by}`, tone: 'warn' })
  if (health && !health.secrets.ok) states.push({ name: 'Keys', words: 'locked', tone: 'bad' })
  if (health && !health.database.ok)
    states.push({ name: 'Database', words: 'cannot be written', tone: 'bad' })
  return (
    <footer role="contentinfo" className={styles.status} aria-label="Status">
      {first.map(shown)}
      <CentralButton />
      {states.map(shown)}
      {alarms > 0 && (
        <button type="button" onClick={() => goReaders('now')}>
          Readers <b data-tone="bad">{counted(alarms, 'alarm')}</b>
        </button>
      )}
      <AlertsButton />
      {health && <BackupsButton backup={health.backup} now={now} />}
      {health ? (
        <span data-long title={`Laptop ${health.laptop} · ${who}`}>
          Laptop <b>{health.laptop}</b> · {who}
        </span>
      ) : (
        <span>Asking the engine</span>
      )}
    </footer>
  )
}
