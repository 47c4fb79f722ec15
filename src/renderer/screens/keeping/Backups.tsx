import { useMutation } from '@tanstack/react-query'
import { client, type Outputs } from '../../client.ts'
import { Button } from '../../components/Button.tsx'
import { Dialog, DialogActions } from '../../components/Dialog.tsx'
import { Note } from '../../components/Note.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { useBackups } from '../../queries.ts'
import { queries } from '../../query.ts'
import { size } from '../../words/backups.ts'
import { momentExact } from '../../words/time.ts'
import { useZone } from '../race-day/day.ts'
import styles from './Backups.module.css'
import { SecondFolder } from './SecondFolder.tsx'

type Kept = Outputs['keeping']['backups']

const TONES = { ok: 'good', 'none-yet': 'info', 'second-folder': 'warn', failed: 'bad' } as const

interface BackupsProps {
  readonly onClose: () => void
  readonly onMoveOut: () => void
}

/** Whole copies of the database: how it goes, where they are, one now. */
export function Backups({ onClose, onMoveOut }: BackupsProps) {
  const kept = useBackups()
  const backUp = useMutation({
    mutationFn: () => client.keeping.backUp(),
    onSettled: () => queries.invalidateQueries(),
  })
  return (
    <Dialog title="Backups" onClose={onClose} wide>
      <p>
        Every five minutes, when something changed, and when Trackside stops: a whole copy of everything but
        the keys.
      </p>
      <TroubleNote error={kept.error} what="Backups not shown" onRefetch={() => void kept.refetch()} />
      {kept.data && (
        <>
          <div role="status">
            <Note tone={TONES[kept.data.state]}>{kept.data.message}</Note>
          </div>
          <SecondFolder key={kept.data.folder ?? ''} folder={kept.data.folder} />
          <KeptList kept={kept.data} />
        </>
      )}
      <TroubleNote error={backUp.error} what="Not backed up" />
      <DialogActions>
        <Button onClick={onMoveOut}>Move to the spare laptop…</Button>
        <Button onClick={onClose}>Close</Button>
        <Button kind="main" disabled={backUp.isPending} onClick={() => backUp.mutate()} data-autofocus>
          {backUp.isPending ? 'Backing up' : 'Back up now'}
        </Button>
      </DialogActions>
    </Dialog>
  )
}

function KeptList({ kept }: { readonly kept: Kept }) {
  const zone = useZone()
  if (kept.backups.length === 0) return null
  return (
    <div className={styles.list}>
      <table aria-label="Backups, newest first">
        <thead>
          <tr>
            <th>Made</th>
            <th>Size</th>
            <th>Folder</th>
          </tr>
        </thead>
        <tbody>
          {kept.backups.map(one => (
            <tr key={`${one.folder} ${one.name}`} title={one.name}>
              <td>{momentExact(one.at, zone)}</td>
              <td>{size(one.bytes)}</td>
              <td className={styles.folder}>{one.folder}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
