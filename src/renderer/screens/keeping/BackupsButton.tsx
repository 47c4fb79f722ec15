import { useState } from 'react'
import { type Backup, backupWords } from '../../words/backups.ts'
import { Backups } from './Backups.tsx'

/** In the status bar: how backing up goes; opens what can be done about it. */
export function BackupsButton({ backup, now }: { readonly backup: Backup; readonly now: number }) {
  const [open, setOpen] = useState(false)
  const { words, tone } = backupWords(backup, now)
  return (
    <>
      <button type="button" aria-haspopup="dialog" onClick={() => setOpen(true)}>
        Backup <b data-tone={tone}>{words}</b>
      </button>
      {open && <Backups onClose={() => setOpen(false)} />}
    </>
  )
}
