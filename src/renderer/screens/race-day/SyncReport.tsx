import { useMutation } from '@tanstack/react-query'
import { client } from '../../client.ts'
import { Button } from '../../components/Button.tsx'
import { ProgressLine } from '../../components/ProgressLine.tsx'
import { Tag } from '../../components/Tag.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { useNow } from '../../components/use-now.ts'
import { useOperation } from '../../queries.ts'
import { useReplication } from '../../replication-queries.ts'
import { usePlace } from '../../state/place.ts'
import type { Started } from '../../state/started-syncs.ts'
import { heldInWords, outcomeInWords, statusInWords, waitingInWords } from '../../words/connections.ts'
import { peerKind, peerState, peerTone } from '../../words/replication.ts'
import { duration } from '../../words/time.ts'
import { Progress } from '../connections/Progress.tsx'
import styles from './SyncReport.module.css'
import type { SyncRun } from './sync-run.ts'

/** What a manual sync is doing and did, until it is put away. */
export function SyncReport({ run }: { readonly run: SyncRun }) {
  if (run.started.length === 0) return null
  return (
    <section className={styles.report} aria-label="Sync">
      <div className={styles.rows}>
        {run.started.map(started => (
          <Row key={started.operationId ?? started.connection.id} started={started} />
        ))}
        <Peers />
      </div>
      <Button small kind="quiet" onClick={run.putAway}>
        Put away
      </Button>
    </section>
  )
}

/** Central and hub, which a manual sync tries as well. */
function Peers() {
  const peers = useReplication().data?.peers ?? []
  return peers.map(peer => (
    <div key={peer.id} className={styles.row}>
      <b>{peerKind(peer.kind)}</b>
      <Tag tone={peerTone(peer.state)}>{peerState(peer.state)}</Tag>
      <span>{peer.words}</span>
    </div>
  ))
}

function Row({ started }: { readonly started: Started }) {
  const now = useNow(1000)
  const operation = useOperation(started.operationId)
  const openConnection = usePlace(state => state.openConnection)
  const cancel = useMutation({ mutationFn: (id: string) => client.sync.cancel({ id }) })
  const name = started.connection.connectionName
  if (started.error) return <TroubleNote error={started.error} what={`${name} not started`} />
  const data = operation.data
  if (!data) return <p className="soft">{name}: starting</p>
  const running = data.completedAt === null && data.status !== 'held'
  const progress = {
    id: data.id,
    status: data.status,
    step: data.step,
    processed: data.processedRecords,
    total: data.totalRecords,
  }
  return (
    <div className={styles.row}>
      <b>{name}</b>
      <Tag tone={statusInWords(data.status).tone}>{statusInWords(data.status).words}</Tag>
      {data.status === 'waiting' && <span className="warn">{waitingInWords(data, now)}</span>}
      {data.status === 'held' && <span className="warn">{heldInWords(data)}</span>}
      {data.status === 'needs-a-look' && <span className="warn">{data.errorMessage}</span>}
      {data.status === 'failed' && <span className="bad">{data.errorMessage}</span>}
      {running ? (
        <>
          <Progress running={progress} />
          <div className={styles.bar}>
            <ProgressLine label={`Sync of ${name}`} done={data.processedRecords} total={data.totalRecords} />
          </div>
          <Button small disabled={cancel.isPending} onClick={() => cancel.mutate(data.id)}>
            Cancel
          </Button>
        </>
      ) : (
        <span>
          {[
            outcomeInWords(data),
            data.completedAt === null ? '' : `took ${duration(data.completedAt - data.startedAt)}`,
          ]
            .filter(Boolean)
            .join(' · ')}
        </span>
      )}
      {(data.status === 'held' ||
        data.status === 'needs-a-look' ||
        data.status === 'failed' ||
        data.errorRecords > 0) && (
        <Button
          small
          onClick={() =>
            openConnection(
              data.connectionId,
              data.status === 'held' || data.status === 'needs-a-look' ? 'overview' : 'history',
            )
          }
        >
          Look at it
        </Button>
      )}
      <TroubleNote error={cancel.error} what="Not cancelled" />
    </div>
  )
}
