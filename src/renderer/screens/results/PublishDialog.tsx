import { Checkbox } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { PublishPreview, ResultsEvent } from '../../../api/results.ts'
import { client } from '../../client.ts'
import { Button } from '../../components/Button.tsx'
import { Dialog, DialogActions } from '../../components/Dialog.tsx'
import { Note } from '../../components/Note.tsx'
import { ProgressLine } from '../../components/ProgressLine.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { queries } from '../../query.ts'
import { usePublishPreview } from '../../results-queries.ts'
import { takingOver } from '../../sync-now.ts'
import { counted } from '../../words/numbers.ts'
import { notifiedInWords, sendingTime, sentOf } from '../../words/results.ts'
import { PublishFound } from './PublishFound.tsx'

interface PublishDialogProps {
  readonly event: ResultsEvent
  readonly registration: string
  readonly onClose: () => void
}

/** What would be sent and who would be told, before anything is. */
export function PublishDialog({ event, registration, onClose }: PublishDialogProps) {
  const of = { connectionId: event.connectionId, eventId: event.eventId }
  const preview = usePublishPreview(of)
  const [corrections, setCorrections] = useState(false)
  const publish = useMutation({
    mutationFn: (said: PublishPreview) =>
      takingOver(anyway =>
        client.results.publish({ ...of, includeCorrections: corrections, asOf: said.asOf, anyway }),
      ),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['results-events'] })
      onClose()
    },
  })
  const data = preview.isFetching ? undefined : preview.data
  const sent = data ? sentOf(data, corrections) : { results: 0, runners: 0 }
  return (
    <Dialog title={`Publish ${event.eventName} to ${registration}`} onClose={onClose} wide>
      {preview.isFetching && (
        <>
          <p role="status">Asking {registration} what it has</p>
          <ProgressLine label="Preview" done={0} total={null} />
        </>
      )}
      {!preview.isFetching && (
        <TroubleNote error={preview.error} what="No preview" onRetry={() => void preview.refetch()} />
      )}
      {data && (
        <>
          <PublishFound preview={data} registration={registration} />
          {data.corrected.count > 0 && (
            <Checkbox
              label={`Also send ${counted(data.corrected.count, 'correction')}: ${notifiedInWords(registration, data.notifiedOfCorrections)}`}
              checked={corrections}
              onChange={change => setCorrections(change.currentTarget.checked)}
            />
          )}
          <div role="status">
            <Note tone={sent.runners > 0 ? 'warn' : 'info'}>
              {sent.results === 0 ? (
                'Nothing to send.'
              ) : (
                <>
                  <b>{notifiedInWords(registration, sent.runners)}</b> {counted(sent.results, 'result')} to
                  send, about {sendingTime(data, sent.results)}. It cannot be taken back.
                </>
              )}
            </Note>
          </div>
          {data.inferred && (
            <Note>
              Nobody has confirmed how {registration} takes results. It must be allowed in the connection.
            </Note>
          )}
        </>
      )}
      <TroubleNote error={publish.error} what="Not published" />
      <DialogActions>
        <Button onClick={onClose}>{preview.isFetching ? 'Cancel' : 'Close'}</Button>
        <Button disabled={preview.isFetching} onClick={() => void preview.refetch()}>
          Look again
        </Button>
        <Button
          kind="main"
          disabled={sent.results === 0 || publish.isPending}
          onClick={() => data && publish.mutate(data)}
        >
          {publish.isPending
            ? 'Starting'
            : `Publish ${counted(sent.results, 'result')}, notify ${counted(sent.runners, 'runner')}`}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
