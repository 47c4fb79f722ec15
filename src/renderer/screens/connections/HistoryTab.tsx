import { useInfiniteQuery, useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { Connection } from '../../../api/connections.ts'
import type { Operation } from '../../../api/sync.ts'
import { client } from '../../client.ts'
import { Button } from '../../components/Button.tsx'
import { Note } from '../../components/Note.tsx'
import { Tag } from '../../components/Tag.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { useNow } from '../../components/use-now.ts'
import { useOperation } from '../../queries.ts'
import { queries } from '../../query.ts'
import { takingOver } from '../../sync-now.ts'
import { heldInWords, outcomeInWords, runOf, statusInWords, triggerInWords } from '../../words/connections.ts'
import { count, counted } from '../../words/numbers.ts'
import { duration, momentExact } from '../../words/time.ts'
import { sentence, todoFor } from '../../words/trouble.ts'
import { useZone } from '../race-day/day.ts'
import styles from './ConnectionDetail.module.css'

/** Every run, newest first; one opens with its refused records. */
export function HistoryTab({ connection }: { readonly connection: Connection }) {
  const [openId, setOpenId] = useState<string | null>(null)
  const now = useNow(1000)
  const history = useInfiniteQuery({
    queryKey: ['operations', connection.id],
    queryFn: ({ pageParam, signal }) =>
      client.sync.operations(
        { connectionId: connection.id, limit: 50, ...(pageParam === null ? {} : { after: pageParam }) },
        { signal },
      ),
    initialPageParam: null as number | null,
    getNextPageParam: page => page.next,
    meta: { topics: ['sync'] },
  })
  const operations = history.data?.pages.flatMap(page => page.operations) ?? []
  return (
    <div className={styles.body}>
      <TroubleNote error={history.error} what="History not read" onRefetch={() => void history.refetch()} />
      {history.isSuccess && operations.length === 0 && <p className="faint">No run yet.</p>}
      {openId !== null && <OneRun id={openId} onClose={() => setOpenId(null)} />}
      {operations.length > 0 && (
        <div className={styles.table}>
          <table aria-label="History">
            <thead>
              <tr>
                <th scope="col">Started</th>
                <th scope="col">Run</th>
                <th scope="col">State</th>
                <th scope="col" className="number">
                  Took
                </th>
                <th scope="col">What</th>
                <th scope="col" />
              </tr>
            </thead>
            <tbody>
              {operations.map(operation => (
                <Line
                  key={operation.id}
                  operation={operation}
                  now={now}
                  open={operation.id === openId}
                  onOpen={() => setOpenId(operation.id)}
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {history.hasNextPage && (
        <div>
          <Button disabled={history.isFetchingNextPage} onClick={() => void history.fetchNextPage()}>
            Older runs
          </Button>
        </div>
      )}
    </div>
  )
}

interface LineProps {
  readonly operation: Operation
  readonly now: number
  readonly open: boolean
  readonly onOpen: () => void
}

function Line({ operation, now, open, onOpen }: LineProps) {
  const { tone, words } = statusInWords(operation.status)
  return (
    <tr aria-selected={open}>
      <td>{momentExact(operation.startedAt, useZone(), now)}</td>
      <td className={styles.wrap}>
        {runOf(operation)}
        {operation.full ? 'full, ' : ''}
        {triggerInWords(operation)}
        {operation.triggerType !== 'scheduled' && <span className="faint"> {operation.startedBy}</span>}
      </td>
      <td>
        <Tag tone={tone}>{words}</Tag>
      </td>
      <td className="number">{duration((operation.completedAt ?? now) - operation.startedAt)}</td>
      <td className={styles.wrap}>{operation.errorMessage ?? outcomeInWords(operation)}</td>
      <td className="number">
        <Button small onClick={onOpen}>
          Details
        </Button>
      </td>
    </tr>
  )
}

function OneRun({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const zone = useZone()
  const operation = useOperation(id)
  const retry = useMutation({
    mutationFn: () => takingOver(anyway => client.sync.retryFailed({ id, anyway })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['operations'] }),
  })
  const data = operation.data
  if (!data)
    return (
      <TroubleNote error={operation.error} what="Run not read" onRefetch={() => void operation.refetch()} />
    )
  const todo = data.errorCode === null ? null : todoFor(data.errorCode)
  return (
    <section className={styles.section} aria-label="Run">
      <div className={styles.actions}>
        <h3>Run of {momentExact(data.startedAt, zone)}</h3>
        <Tag tone={statusInWords(data.status).tone}>{statusInWords(data.status).words}</Tag>
        {data.errors.length > 0 && (
          <Button small disabled={retry.isPending} onClick={() => retry.mutate()}>
            Retry failed
          </Button>
        )}
        <Button small kind="quiet" onClick={onClose}>
          Close
        </Button>
      </div>
      <p className="soft">
        {[
          outcomeInWords(data),
          `${count(data.processedRecords)}${data.totalRecords === null ? '' : ` of ${count(data.totalRecords)}`} seen`,
          counted(data.calls, 'call'),
        ]
          .filter(Boolean)
          .join(' · ')}
      </p>
      {data.errorMessage !== null && (
        <Note tone="bad">
          <b>{sentence(data.errorMessage)}</b> {todo} <small className="faint">{data.errorCode}</small>
        </Note>
      )}
      {data.status === 'held' && <Note>held: {heldInWords(data)}</Note>}
      {retry.data && <Note tone="info">{retry.data.message}</Note>}
      <TroubleNote error={retry.error} what="Not retried" />
      {data.errors.length === 0 ? (
        <p className="faint">No refused record.</p>
      ) : (
        <div className={styles.table}>
          <table aria-label="Refused records">
            <thead>
              <tr>
                <th scope="col">Who</th>
                <th scope="col">At</th>
                <th scope="col">Why</th>
              </tr>
            </thead>
            <tbody>
              {data.errors.map(error => (
                <tr key={error.id}>
                  <td className={styles.wrap}>
                    {error.name ?? 'No name'} <span className="faint">{error.sourceParticipantId}</span>
                  </td>
                  <td>{STAGES[error.stage]}</td>
                  <td className={styles.wrap}>
                    {error.message} <small className="faint">{error.code}</small>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  )
}

const STAGES = { fetch: 'fetching', normalize: 'reading', map: 'mapping', push: 'push' } as const
