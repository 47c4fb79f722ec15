import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { ResultsEvent } from '../../../api/results.ts'
import { client } from '../../client.ts'
import { Button } from '../../components/Button.tsx'
import { Note } from '../../components/Note.tsx'
import { Panel, PanelTitle, Scroll } from '../../components/Panel.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { useHotkeys } from '../../components/use-hotkeys.ts'
import { useNow } from '../../components/use-now.ts'
import { download } from '../../download.ts'
import { useFreeze } from '../../guard-queries.ts'
import { useProviders } from '../../queries.ts'
import { queries } from '../../query.ts'
import { providerName } from '../../words/connections.ts'
import { count, counted } from '../../words/numbers.ts'
import { pulledInWords } from '../../words/results.ts'
import { LastRuns } from './LastRuns.tsx'
import { PublishDialog } from './PublishDialog.tsx'
import styles from './Results.module.css'
import { ResultsTable } from './ResultsTable.tsx'

/** One event: pulled, looked at, published. */
export function EventResults({ event }: { readonly event: ResultsEvent }) {
  const now = useNow(10_000)
  const providers = useProviders().data ?? []
  const frozen = useFreeze().data ?? null
  const [publishing, setPublishing] = useState(false)
  const of = { connectionId: event.connectionId, eventId: event.eventId }
  const registration = providerName(providers, event.sourceProvider)
  const pull = useMutation({
    mutationFn: (full: boolean) => client.results.pull({ ...of, full }),
    onSuccess: () => void queries.invalidateQueries({ queryKey: ['results-events'] }),
  })
  const file = useMutation({
    mutationFn: () => client.results.file(of),
    onSuccess: made => download(made.fileName, made.mediaType, [made.text]),
  })
  const busy = event.running !== null || pull.isPending
  const publishes = event.running?.operationType === 'publish'
  const mayPublish = event.canPublish && event.results > 0 && frozen === null && !publishes
  useHotkeys({
    'Alt+L': busy ? undefined : () => pull.mutate(false),
    'Alt+P': mayPublish ? () => setPublishing(true) : undefined,
  })
  return (
    <Panel label={`Results of ${event.eventName}`}>
      <PanelTitle
        title={event.eventName}
        aside={pulledInWords(event, providerName(providers, event.targetProvider), now)}
      />
      <div className={styles.top}>
        <dl className={styles.counts}>
          <Count term="in scoring" value={event.results} />
          <Count term="finished" value={event.finished} />
          <Count term={`published to ${registration}`} value={event.published} />
          {event.withdrawn > 0 && <Count term="withdrawn" value={event.withdrawn} />}
        </dl>
        <div className={styles.actions}>
          <Button disabled={busy} hotkey="Alt+L" onClick={() => pull.mutate(false)}>
            Pull now
          </Button>
          <Button
            kind="quiet"
            disabled={busy}
            title="Also finds results that scoring gives no longer"
            onClick={() => pull.mutate(true)}
          >
            Pull all again
          </Button>
          <Button disabled={file.isPending || event.results === 0} onClick={() => file.mutate()}>
            Download file
          </Button>
          {event.canPublish && (
            <Button kind="main" hotkey="Alt+P" disabled={!mayPublish} onClick={() => setPublishing(true)}>
              Publish…
            </Button>
          )}
        </div>
        {!event.canPublish && (
          <p className="soft">
            No way is known to send results to {registration}: download the file and import it there.
          </p>
        )}
        {event.canPublish && frozen !== null && (
          <Note tone="warn">
            Pushing is frozen by {frozen.by}: nothing is published. Unfreeze it under Connections.
          </Note>
        )}
        {file.data && (
          <p role="status" className="soft">
            {file.data.fileName}: {counted(file.data.rows, 'row')}
          </p>
        )}
        <TroubleNote error={pull.error} what="Not pulled" onDismiss={pull.reset} />
        <TroubleNote error={file.error} what="File not made" onDismiss={file.reset} />
        <LastRuns of={of} running={event.running} />
      </div>
      <Scroll>
        <ResultsTable of={of} />
      </Scroll>
      {publishing && (
        <PublishDialog event={event} registration={registration} onClose={() => setPublishing(false)} />
      )}
    </Panel>
  )
}

function Count({ term, value }: { readonly term: string; readonly value: number }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{count(value)}</dd>
    </div>
  )
}
