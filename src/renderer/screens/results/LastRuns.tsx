import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { Operation } from '../../../api/sync.ts'
import { client } from '../../client.ts'
import { Button } from '../../components/Button.tsx'
import { ProgressLine } from '../../components/ProgressLine.tsx'
import { Tag } from '../../components/Tag.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { useNow } from '../../components/use-now.ts'
import { useOperation } from '../../queries.ts'
import { type OfEvent, useResultsHistory } from '../../results-queries.ts'
import { outcomeInWords, progressInWords, statusInWords, waitingInWords } from '../../words/connections.ts'
import { count, counted } from '../../words/numbers.ts'
import { moment } from '../../words/time.ts'
import { useZone } from '../race-day/day.ts'
import styles from './Results.module.css'

interface LastRunsProps {
  readonly of: OfEvent
  readonly running: Operation | null
}

const kindOf = (run: Operation): string => (run.operationType === 'publish' ? 'Publication' : 'Pull')

/** What is under way, and how the last pulls and publications of an event ended. */
export function LastRuns({ of, running }: LastRunsProps) {
  const history = useResultsHistory(of)
  const [shown, setShown] = useState(1)
  const ended = (history.data ?? []).filter(run => run.completedAt !== null)
  return (
    <>
      <TroubleNote error={history.error} what="History not read" onRefetch={() => void history.refetch()} />
      {running && <Running run={running} />}
      {ended.length > 0 && (
        <ul className={styles.runs} aria-label="Last runs">
          {ended.slice(0, shown).map(run => (
            <Ended key={run.id} run={run} />
          ))}
        </ul>
      )}
      {ended.length > shown && (
        <Button small kind="quiet" onClick={() => setShown(ended.length)}>
          {counted(ended.length - shown, 'earlier run')}
        </Button>
      )}
    </>
  )
}

function Running({ run }: { readonly run: Operation }) {
  const now = useNow(1000)
  const cancel = useMutation({ mutationFn: () => client.sync.cancel({ id: run.id }) })
  const progress = {
    id: run.id,
    status: run.status,
    step: run.step,
    processed: run.processedRecords,
    total: run.totalRecords,
  }
  return (
    <div className={styles.running}>
      <span role="status">
        {run.status === 'waiting' ? waitingInWords(run, now) : progressInWords(progress)}
      </span>
      <ProgressLine label={kindOf(run)} done={run.processedRecords} total={run.totalRecords} />
      <Button small disabled={cancel.isPending} onClick={() => cancel.mutate()}>
        Cancel
      </Button>
      <TroubleNote error={cancel.error} what="Not cancelled" />
    </div>
  )
}

function Ended({ run }: { readonly run: Operation }) {
  const zone = useZone()
  const [open, setOpen] = useState(false)
  const said = statusInWords(run.status)
  return (
    <li>
      <span>
        {kindOf(run)} {moment(run.completedAt ?? run.startedAt, zone)} by {run.startedBy}
      </span>
      <Tag tone={said.tone}>{said.words}</Tag>
      <span className={run.status === 'failed' ? 'bad' : 'soft'}>
        {run.errorMessage ?? outcomeInWords(run)}
      </span>
      {run.errorRecords > 0 && (
        <Button small kind="quiet" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? 'Hide reasons' : `Why ${count(run.errorRecords)} were refused`}
        </Button>
      )}
      {open && <Reasons id={run.id} />}
    </li>
  )
}

function Reasons({ id }: { readonly id: string }) {
  const operation = useOperation(id)
  return (
    <ul className={styles.reasons} aria-label="Refused">
      {operation.data?.errors.map(error => (
        <li key={error.id}>
          {error.message} <small className="faint">{error.code}</small>
        </li>
      ))}
    </ul>
  )
}
