import { useMutation } from '@tanstack/react-query'
import type { Connection } from '../../../api/connections.ts'
import { client } from '../../client.ts'
import { Button } from '../../components/Button.tsx'
import { Facts } from '../../components/Facts.tsx'
import { Note } from '../../components/Note.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { useNow } from '../../components/use-now.ts'
import { useProviders, useSyncStatus } from '../../queries.ts'
import { queries } from '../../query.ts'
import { usePlace } from '../../state/place.ts'
import { syncNow } from '../../sync-now.ts'
import {
  confirmedHere,
  healthInWords,
  heldInWords,
  isInferred,
  lastSync,
  outcomeInWords,
  pairName,
  statusInWords,
  waitingInWords,
} from '../../words/connections.ts'
import { counted, percent } from '../../words/numbers.ts'
import { inFuture, momentExact } from '../../words/time.ts'
import { sentence, todoFor } from '../../words/trouble.ts'
import { useZone } from '../race-day/day.ts'
import { Abilities } from './Abilities.tsx'
import styles from './ConnectionDetail.module.css'
import { ExportFile } from './ExportFile.tsx'
import { LeftAtTarget } from './LeftAtTarget.tsx'
import { LiveCheck } from './LiveCheck.tsx'
import { NeedsALook } from './NeedsALook.tsx'
import { WriteBackAnswers, WriteBackButton } from './WriteBack.tsx'

export function OverviewTab({ connection }: { readonly connection: Connection }) {
  const now = useNow(1000)
  const zone = useZone()
  const providers = useProviders().data ?? []
  const status = useSyncStatus(connection.id)
  const openConnection = usePlace(state => state.openConnection)
  const last = lastSync(status.data?.recentOperations)
  const target = providers.find(provider => provider.id === connection.targetProvider)
  return (
    <div className={styles.body}>
      <Actions connection={connection} />
      {last?.status === 'failed' && connection.running === null && (
        <Note
          tone="bad"
          actions={
            <Button small onClick={() => openConnection(connection.id, 'history')}>
              History
            </Button>
          }
        >
          <b>The last run failed.</b> {sentence(last.errorMessage ?? '')}{' '}
          {last.errorCode === null ? '' : todoFor(last.errorCode)}
          {last.errorCode !== null && <small className="faint"> {last.errorCode}</small>}
        </Note>
      )}
      {last?.status === 'waiting' && <Note>{waitingInWords(last, now)}</Note>}
      {last?.status === 'needs-a-look' && connection.running === null && <NeedsALook operationId={last.id} />}
      {last?.status === 'held' && last.errorCode === 'sync.frozen' && (
        <Note>
          <b>held:</b> {heldInWords(last)}
        </Note>
      )}
      {last?.status === 'held' && last.errorCode !== 'sync.frozen' && (
        <Note
          actions={
            <Button small onClick={() => openConnection(connection.id, 'settings')}>
              Allow the push
            </Button>
          }
        >
          <b>held:</b> {heldInWords(last)}
        </Note>
      )}
      {last && last.errorRecords > 0 && (
        <Note
          actions={
            <Button small onClick={() => openConnection(connection.id, 'history')}>
              Show them
            </Button>
          }
        >
          <b>{counted(last.errorRecords, 'record')} refused</b> in the last run.
        </Note>
      )}
      <WriteBackAnswers connection={connection} />
      <LeftAtTarget connectionId={connection.id} targetName={target?.name ?? connection.targetProvider} />
      <Facts
        facts={[
          {
            term: 'Connection',
            words: [...new Set([connection.connectionName, pairName(providers, connection)])].join(' · '),
          },
          { term: 'State', words: healthInWords(connection).words },
          {
            term: 'Events',
            words:
              connection.events === 'all'
                ? 'all that the keys open'
                : counted(connection.events.length, 'event'),
          },
          { term: 'People', words: counted(connection.participants, 'person', 'people') },
          {
            term: 'Schedule',
            words: connection.autoSyncEnabled
              ? connection.scheduleInWords
              : `paused (${connection.scheduleInWords})`,
          },
          {
            term: 'Last run',
            words: last
              ? [
                  momentExact(last.startedAt, zone, now),
                  statusInWords(last.status).words,
                  outcomeInWords(last),
                ]
                  .filter(Boolean)
                  .join(' · ')
              : 'never run',
          },
          {
            term: 'Last success',
            words:
              connection.lastSuccessAt === null
                ? 'none yet'
                : momentExact(connection.lastSuccessAt, zone, now),
          },
          {
            term: 'Next run',
            words: nextRun(connection, now),
          },
          {
            term: 'Last 24 h',
            words:
              connection.successRate24h === null
                ? 'no run'
                : `${percent(connection.successRate24h)} of runs good`,
          },
          ...(connection.runsOn === null
            ? []
            : [
                {
                  term: 'Run by',
                  words: `${connection.runsOn}: this laptop sends nothing for it, until somebody takes it over here`,
                },
              ]),
          {
            term: 'Keys',
            words:
              connection.credentialsUpdatedAt === null
                ? 'none kept on this laptop'
                : `kept on this laptop since ${momentExact(connection.credentialsUpdatedAt, zone, now)}`,
          },
          ...(isInferred(target, 'push')
            ? [
                {
                  term: 'Push',
                  words: pushInWords(connection, zone, now),
                },
              ]
            : []),
        ]}
      />
      <Abilities connection={connection} />
      <LiveCheck connection={connection} />
      <TroubleNote error={status.error} what="State not read" onRefetch={() => void status.refetch()} />
    </div>
  )
}

function pushInWords(connection: Connection, zone: string, now: number): string {
  const seen = confirmedHere(connection, 'target', 'push')
  if (seen !== null) return `seen to work with this account since ${momentExact(seen.at, zone, now)}`
  return connection.inferredAllowed
    ? 'allowed; nobody has confirmed it yet'
    : 'not allowed: nobody has confirmed it; the import file is offered'
}

function nextRun(connection: Connection, now: number): string {
  if (!connection.autoSyncEnabled) return 'none: paused'
  return connection.nextSyncAt === null ? 'none scheduled' : inFuture(connection.nextSyncAt, now)
}

function Actions({ connection }: { readonly connection: Connection }) {
  const again = (): Promise<void> => queries.invalidateQueries({ queryKey: ['connections'] })
  const sync = useMutation({
    mutationFn: (full: boolean) => syncNow({ connectionId: connection.id, full }),
    onSuccess: again,
  })
  const pause = useMutation({
    mutationFn: (autoSyncEnabled: boolean) =>
      client.connections.update({ id: connection.id, autoSyncEnabled }),
    onSuccess: again,
  })
  const busy = connection.running !== null || sync.isPending
  return (
    <>
      <div className={styles.actions}>
        <Button kind="main" disabled={busy} onClick={() => sync.mutate(false)}>
          {busy ? 'Syncing' : 'Sync now'}
        </Button>
        <Button disabled={busy} onClick={() => sync.mutate(true)}>
          Fetch everybody again
        </Button>
        <Button disabled={pause.isPending} onClick={() => pause.mutate(!connection.autoSyncEnabled)}>
          {connection.autoSyncEnabled ? 'Pause' : 'Resume'}
        </Button>
        <ExportFile connectionId={connection.id} />
        <WriteBackButton connection={connection} />
      </div>
      <TroubleNote error={sync.error} what="Sync not started" onDismiss={sync.reset} />
      <TroubleNote error={pause.error} what="Not changed" onDismiss={pause.reset} />
    </>
  )
}
