import { useState } from 'react'
import { type Backup, backupWords } from '../../words/backups.ts'
import { Backups } from './Backups.tsx'
import { MoveOut } from './MoveOut.tsx'

/** In the status bar: how backing up goes; opens what can be done about it. */
export function BackupsButton({ backup, now }: { readonly backup: Backup; readonly now: number }) {
  const [open, setOpen] = useState<'backups' | 'move-out' | null>(null)
  const { words, tone } = backupWords(backup, now)
  return (
    <>
      <button
        type="button"
        aria-haspopup="dialog"
        title={`Backup ${words}`}
        data-long={words.length > 20 || undefined}
        onClick={() => setOpen('backups')}
      >
        Backup <b data-tone={tone}>{words}</b>
      </button>
      {open === 'backups' && <Backups onClose={() => setOpen(null)} onMoveOut={() => setOpen('move-out')} />}
      {open === 'move-out' && <MoveOut onClose={() => setOpen(null)} />}
    </>
  )
}
