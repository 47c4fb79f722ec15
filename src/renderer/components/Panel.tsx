import type { ReactNode } from 'react'
import styles from './Panel.module.css'

interface PanelProps {
  readonly title?: string
  /** Beside the title: what it amounts to. */
  readonly aside?: ReactNode
  readonly label?: string
  readonly children: ReactNode
}

export function Panel({ title, aside, label, children }: PanelProps) {
  return (
    <section className={styles.panel} aria-label={label ?? title}>
      {title !== undefined && <PanelTitle title={title} aside={aside} />}
      {children}
    </section>
  )
}

export function PanelTitle({ title, aside }: { readonly title: string; readonly aside?: ReactNode }) {
  return (
    <div className={styles.title}>
      <h2>{title}</h2>
      {aside !== undefined && <div className={styles.aside}>{aside}</div>}
    </div>
  )
}

/** The part of a panel that scrolls when there is more. */
export function Scroll({ children }: { readonly children: ReactNode }) {
  return <div className={styles.scroll}>{children}</div>
}
