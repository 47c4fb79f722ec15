import { useMutation } from '@tanstack/react-query'
import type { Connection } from '../../../api/connections.ts'
import { Button } from '../../components/Button.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { useHotkeys } from '../../components/use-hotkeys.ts'
import { queries } from '../../query.ts'
import { syncNow } from '../../sync-now.ts'

/** Each one starts on its own: the failure of one does not keep the others. */
async function startAll(connections: readonly Connection[]): Promise<void> {
  const outcomes = await Promise.allSettled(connections.map(({ id }) => syncNow({ connectionId: id })))
  await queries.invalidateQueries({ queryKey: ['connections'] })
  const failed = outcomes.find(outcome => outcome.status === 'rejected')
  if (failed) throw failed.reason
}

export function SyncAll({ connections }: { readonly connections: readonly Connection[] }) {
  const ready = connections.filter(connection => connection.running === null)
  const start = useMutation({ mutationFn: () => startAll(ready) })
  const can = ready.length > 0 && !start.isPending
  useHotkeys({ F5: () => can && start.mutate() })
  return (
    <>
      <TroubleNote error={start.error} what="Not all were started" onDismiss={start.reset} />
      <Button hotkey="F5" disabled={!can} onClick={() => start.mutate()}>
        Sync all
      </Button>
    </>
  )
}
