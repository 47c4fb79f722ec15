import type { ReactNode } from 'react'
import styles from './Note.module.css'

interface NoteProps {
  readonly tone?: 'warn' | 'info' | 'good' | 'bad'
  readonly children: ReactNode
  readonly actions?: ReactNode
}

/** A state worth a sentence. */
export function Note({ tone = 'warn', children, actions }: NoteProps) {
  return (
    <div className={`${styles.note} ${styles[tone]}`}>
      <div>{children}</div>
      {actions !== undefined && <div className={styles.actions}>{actions}</div>}
    </div>
  )
}
