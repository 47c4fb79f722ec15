import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { client } from '../../client.ts'
import { Button } from '../../components/Button.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { useNow } from '../../components/use-now.ts'
import { useOfficeWork } from '../../identity-queries.ts'
import { queries } from '../../query.ts'
import { useReplication } from '../../replication-queries.ts'
import { workInWords } from '../../words/identity.ts'
import styles from './Monitoring.module.css'
import { PeopleDialog } from './PeopleDialog.tsx'

/** How far it is computed who is one person, and the way to who was taken for the wrong one. */
export function PeopleWork() {
  const now = useNow(10_000)
  const work = useOfficeWork()
  const peers = useReplication().data?.peers
  const alone = peers !== undefined && !peers.some(({ kind }) => kind === 'central')
  const [open, setOpen] = useState(false)
  const again = (): Promise<void> => queries.invalidateQueries({ queryKey: ['office-work'] })
  const compute = useMutation({ mutationFn: () => client.identity.compute(), onSettled: again })
  const cancel = useMutation({ mutationFn: () => client.identity.cancel(), onSettled: again })
  const busy = work.data?.state === 'working'
  if (alone)
    return (
      <div className={styles.partner}>
        <p className="soft">They are compared at the central database. This laptop has joined none.</p>
      </div>
    )
  return (
    <div className={styles.partner}>
      <p role="status">{work.data && workInWords(work.data, now)}</p>
      <p>
        <Button small onClick={() => setOpen(true)}>
          Join or split people
        </Button>{' '}
        {work.data?.keeps && !busy && (
          <Button small disabled={compute.isPending} onClick={() => compute.mutate()}>
            Compare now
          </Button>
        )}
        {busy && (
          <Button small disabled={cancel.isPending} onClick={() => cancel.mutate()}>
            Cancel
          </Button>
        )}
      </p>
      <TroubleNote error={work.error ?? compute.error ?? cancel.error} what="Not compared" />
      {open && <PeopleDialog onClose={() => setOpen(false)} />}
    </div>
  )
}
