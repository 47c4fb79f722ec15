import { useMutation } from '@tanstack/react-query'
import type { Connection } from '../../../api/connections.ts'
import { client } from '../../client.ts'
import { Button } from '../../components/Button.tsx'
import { ProgressLine } from '../../components/ProgressLine.tsx'
import { Tag } from '../../components/Tag.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { useNow } from '../../components/use-now.ts'
import { useProviders, useSyncStatus } from '../../queries.ts'
import type { ConnectionTab } from '../../state/place.ts'
import {
  healthInWords,
  heldInWords,
  lastSync,
  pairName,
  runsInWords,
  statusInWords,
  waitingInWords,
} from '../../words/connections.ts'
import { counted, percent } from '../../words/numbers.ts'
import { moment } from '../../words/time.ts'
import { useZone } from '../race-day/day.ts'
import styles from './ConnectionCard.module.css'
import { Progress } from './Progress.tsx'

interface ConnectionCardProps {
  readonly connection: Connection
  readonly open: boolean
  readonly onOpen: (tab: ConnectionTab) => void
}

export function ConnectionCard({ connection, open, onOpen }: ConnectionCardProps) {
  const now = useNow(1000)
  const providers = useProviders().data ?? []
  const pair = pairName(providers, connection)
  return (
    <li className={styles.card} data-open={open}>
      <button
        type="button"
        className={styles.name}
        aria-current={open ? 'true' : undefined}
        onClick={() => onOpen('overview')}
      >
        <span>
          <b>{pair}</b>
          {connection.connectionName !== pair && <small>{connection.connectionName}</small>}
        </span>
        <Health connection={connection} />
      </button>
      <p>
        {counted(connection.participants, 'person', 'people')} · {connection.scheduleInWords}
        {connection.runsOn !== null && ` · run by ${connection.runsOn}`}
      </p>
      {connection.running ? (
        <Running running={connection.running} name={pair} />
      ) : (
        <Runs connection={connection} />
      )}
      <p>
        {runsInWords(connection, useZone(), now)}
        {connection.successRate24h !== null &&
          ` · ${percent(connection.successRate24h)} of runs good in 24 h`}
      </p>
      <Standing connection={connection} now={now} onOpen={onOpen} />
    </li>
  )
}

/** In a word; refused keys are said as such, for they are what a crew can mend. */
function Health({ connection }: { readonly connection: Connection }) {
  const failed = connection.running === null && connection.recent[0]?.status === 'failed'
  const last = lastSync(useSyncStatus(failed ? connection.id : null).data?.recentOperations)
  if (failed && last?.errorCode === 'provider.keys-refused') return <Tag tone="bad">keys refused</Tag>
  const health = healthInWords(connection)
  return <Tag tone={health.tone}>{health.words}</Tag>
}

/** One mark a run, oldest first; its height says what its colour says. */
function Runs({ connection }: { readonly connection: Connection }) {
  const zone = useZone()
  const runs = [...connection.recent].reverse().slice(-24)
  if (runs.length === 0) return null
  const good = runs.filter(run => run.status === 'completed').length
  return (
    <ol className={styles.runs} aria-label={`Last ${runs.length} runs: ${good} good`}>
      {runs.map(run => (
        <li
          key={run.id}
          data-tone={statusInWords(run.status).tone}
          title={`${moment(run.startedAt, zone)} ${statusInWords(run.status).words}${run.errorMessage ? `: ${run.errorMessage}` : ''}`}
        />
      ))}
    </ol>
  )
}

interface RunningProps {
  readonly running: NonNullable<Connection['running']>
  readonly name: string
}

function Running({ running, name }: RunningProps) {
  const cancel = useMutation({ mutationFn: () => client.sync.cancel({ id: running.id }) })
  return (
    <>
      <ProgressLine label={`Progress of ${name}`} done={running.processed} total={running.total} />
      <div className={styles.running}>
        <Progress running={running} />
        <Button small disabled={cancel.isPending || cancel.isSuccess} onClick={() => cancel.mutate()}>
          {cancel.isSuccess ? 'Stopping' : 'Cancel'}
        </Button>
      </div>
      <TroubleNote error={cancel.error} what="Not cancelled" />
    </>
  )
}

interface StandingProps {
  readonly connection: Connection
  readonly now: number
  readonly onOpen: (tab: ConnectionTab) => void
}

/** Why it stands still, and the way to mend it. */
function Standing({ connection, now, onOpen }: StandingProps) {
  const shown = connection.running?.status ?? connection.recent[0]?.status
  const stands = shown === 'failed' || shown === 'held' || shown === 'needs-a-look' || shown === 'waiting'
  const last = lastSync(useSyncStatus(stands ? connection.id : null).data?.recentOperations)
  if (!stands) return null
  if (last?.status === 'held') {
    return (
      <>
        <p className="warn">held: {heldInWords(last)}</p>
        <div className={styles.actions}>
          <Button small onClick={() => onOpen('overview')}>
            Import file
          </Button>
          {last.errorCode !== 'sync.frozen' && (
            <Button small onClick={() => onOpen('settings')}>
              Allow the push
            </Button>
          )}
        </div>
      </>
    )
  }
  if (last?.status === 'needs-a-look') {
    return (
      <>
        <p className="warn">{last.errorMessage}</p>
        <div className={styles.actions}>
          <Button small onClick={() => onOpen('overview')}>
            Look
          </Button>
        </div>
      </>
    )
  }
  if (last?.status === 'waiting') return <p className="warn">{waitingInWords(last, now)}</p>
  const message = last?.errorMessage ?? connection.recent[0]?.errorMessage
  return (
    <>
      <p className="bad">{message ?? 'The last run failed.'}</p>
      <div className={styles.actions}>
        {last?.errorCode === 'provider.keys-refused' && (
          <Button small onClick={() => onOpen('settings')}>
            Enter keys again
          </Button>
        )}
        <Button small onClick={() => onOpen('history')}>
          History
        </Button>
      </div>
    </>
  )
}
