import { useMutation } from '@tanstack/react-query'
import type { Connection } from '../../../api/connections.ts'
import { client } from '../../client.ts'
import { Button } from '../../components/Button.tsx'
import { Dialog, DialogActions } from '../../components/Dialog.tsx'
import { Note } from '../../components/Note.tsx'
import { ProgressLine } from '../../components/ProgressLine.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { useFreeze } from '../../guard-queries.ts'
import { queries } from '../../query.ts'
import { takingOver } from '../../sync-now.ts'
import { counted } from '../../words/numbers.ts'
import { useWriteBackPreview } from '../../write-back-queries.ts'
import { ChangesTable } from './WriteBackTables.tsx'

interface WriteBackDialogProps {
  readonly connection: Connection
  readonly registration: string
  readonly onClose: () => void
}

/** Who changes from what to what at registration, before anything is written. */
export function WriteBackDialog({ connection, registration, onClose }: WriteBackDialogProps) {
  const preview = useWriteBackPreview(connection.id)
  const frozen = useFreeze().data ?? null
  const write = useMutation({
    mutationFn: (agreed: string) =>
      takingOver(anyway => client.writeBack.write({ connectionId: connection.id, agreed, anyway })),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['write-back'] })
      onClose()
    },
  })
  const data = preview.isFetching ? undefined : preview.data
  const due = data?.changed.count ?? 0
  const barred = frozen !== null || (data?.inferred === true && !connection.inferredAllowed)
  return (
    <Dialog title={`Write bibs and chips to ${registration}`} onClose={onClose} wide>
      {preview.isFetching && (
        <>
          <p role="status">Asking {registration} which it has</p>
          <ProgressLine label="Preview" done={0} total={null} />
        </>
      )}
      {!preview.isFetching && (
        <TroubleNote error={preview.error} what="No preview" onRetry={() => void preview.refetch()} />
      )}
      {data && (
        <>
          <p role="status">
            {due === 0
              ? 'Nothing to write.'
              : `${counted(due, 'registration changes', 'registrations change')} at ${registration}.`}{' '}
            <span className="soft">
              {data.unchanged > 0 &&
                `${counted(data.unchanged, 'registration has', 'registrations have')} theirs already. `}
              Walk-ups are not registered there; a number taken away here stays there.
            </span>
          </p>
          <ChangesTable label="To be written" part={data.changed} />
          {data.refused.count > 0 && (
            <>
              <Note>
                <b>{counted(data.refused.count, 'registration is', 'registrations are')} not written.</b> The
                reason stands beside each.
              </Note>
              <ChangesTable label="Not written" part={data.refused} />
            </>
          )}
          {data.inferred && (
            <Note tone={connection.inferredAllowed ? 'info' : 'warn'}>
              Nobody has confirmed how {registration} takes bibs.{' '}
              {connection.inferredAllowed
                ? 'What it holds is read again afterwards.'
                : 'Allow the push in this connection’s settings first.'}
            </Note>
          )}
        </>
      )}
      {frozen !== null && (
        <Note tone="warn">Pushing is frozen by {frozen.by}: nothing is written. Unfreeze it first.</Note>
      )}
      <TroubleNote error={write.error} what="Not written" />
      <DialogActions>
        <Button onClick={onClose}>{preview.isFetching ? 'Cancel' : 'Close'}</Button>
        <Button disabled={preview.isFetching} onClick={() => void preview.refetch()}>
          Look again
        </Button>
        <Button
          kind="main"
          disabled={due === 0 || barred || write.isPending}
          onClick={() => data && write.mutate(data.agreed)}
        >
          {write.isPending ? 'Starting' : `Write ${counted(due, 'registration')}`}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
