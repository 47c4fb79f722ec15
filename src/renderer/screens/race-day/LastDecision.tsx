import { Button } from '../../components/Button.tsx'
import type { Decision } from '../../state/decision.ts'
import styles from './HelpDesk.module.css'

interface LastDecisionProps {
  readonly decision: Decision
  readonly busy: boolean
  readonly onUndo: () => void
}

export function LastDecision({ decision, busy, onUndo }: LastDecisionProps) {
  return (
    <p className={styles.last} role="status">
      <span>{decision.words}</span>
      <Button small hotkey="Ctrl Z" disabled={busy} onClick={onUndo}>
        Undo
      </Button>
    </p>
  )
}
