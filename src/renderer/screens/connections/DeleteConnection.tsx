import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { Connection } from '../../../api/connections.ts'
import { client } from '../../client.ts'
import { Button } from '../../components/Button.tsx'
import { Dialog, DialogActions } from '../../components/Dialog.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { queries } from '../../query.ts'
import { usePlace } from '../../state/place.ts'
import { counted } from '../../words/numbers.ts'

export function DeleteConnection({ connection }: { readonly connection: Connection }) {
  const [asking, setAsking] = useState(false)
  const openConnection = usePlace(state => state.openConnection)
  const remove = useMutation({
    mutationFn: () => client.connections.remove({ id: connection.id }),
    onSuccess: () => {
      setAsking(false)
      openConnection(null)
      return queries.invalidateQueries({ queryKey: ['connections'] })
    },
  })
  return (
    <div>
      <Button kind="danger" onClick={() => setAsking(true)}>
        Delete connection…
      </Button>
      {asking && (
        <Dialog title={`Delete ${connection.connectionName}?`} onClose={() => setAsking(false)}>
          <p>
            Its schedule and its keys on this laptop go. The{' '}
            {counted(connection.participants, 'person', 'people')} it brought stay.
          </p>
          <TroubleNote error={remove.error} what="Not deleted" />
          <DialogActions>
            <Button data-autofocus onClick={() => setAsking(false)}>
              Keep it
            </Button>
            <Button kind="danger" disabled={remove.isPending} onClick={() => remove.mutate()}>
              Delete connection
            </Button>
          </DialogActions>
        </Dialog>
      )}
    </div>
  )
}
