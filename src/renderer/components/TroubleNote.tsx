import { sentence, troubleOf } from '../words/trouble.ts'
import { Button } from './Button.tsx'
import styles from './Note.module.css'

interface TroubleNoteProps {
  /** Nothing is shown while it is null. */
  readonly error: unknown
  /** What was being done: "Bib not changed". */
  readonly what: string
  readonly onRetry?: () => void
  /** For what is read again by itself: while the engine is silent the shell says so for all of them. */
  readonly onRefetch?: () => void
  readonly onDismiss?: () => void
}

/** Something that failed, until it is done or put away: what, why, and what to do. */
export function TroubleNote({ error, what, onRetry, onRefetch, onDismiss }: TroubleNoteProps) {
  if (error === null || error === undefined) return null
  const trouble = troubleOf(error)
  if (onRefetch && trouble.code === 'engine.silent') return null
  const again = onRetry ?? onRefetch
  return (
    <div role="alert" className={`${styles.note} ${styles.bad}`}>
      <p>
        <b>{what}.</b> {sentence(trouble.message)} {trouble.todo}
        <small className="faint"> {trouble.code}</small>
      </p>
      {(again || onDismiss) && (
        <div className={styles.actions}>
          {again && (
            <Button small onClick={again}>
              Try again
            </Button>
          )}
          {onDismiss && (
            <Button small kind="quiet" onClick={onDismiss}>
              Put away
            </Button>
          )}
        </div>
      )}
    </div>
  )
}
