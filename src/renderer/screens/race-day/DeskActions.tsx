import type { Match } from '../../../api/race-day.ts'
import { Button } from '../../components/Button.tsx'
import styles from './HelpDesk.module.css'
import type { Question } from './Questions.tsx'

interface DeskActionsProps {
  readonly person: Match | null
  readonly onAsk: (question: Question) => void
  readonly onCheckIn: () => void
}

export function DeskActions({ person, onAsk, onCheckIn }: DeskActionsProps) {
  const nobody = person === null
  return (
    <div className={styles.actions} role="toolbar" aria-label="Help desk actions">
      <Button small hotkey="F2" disabled={nobody} onClick={() => onAsk('bib')}>
        New bib
      </Button>
      <Button small hotkey="F3" disabled={nobody} onClick={() => onAsk('chip')}>
        Chip
      </Button>
      <Button small hotkey="F4" disabled={nobody} onClick={onCheckIn}>
        {person?.checkedInAt == null ? 'Check in' : 'Not here'}
      </Button>
      <Button small hotkey="F6" disabled={nobody} onClick={() => onAsk('status')}>
        DNS/DNF
      </Button>
      <Button small hotkey="F8" disabled={nobody} onClick={() => onAsk('note')}>
        Note
      </Button>
      <Button small hotkey="F9" onClick={() => onAsk('walk-up')}>
        Walk-up
      </Button>
    </div>
  )
}
