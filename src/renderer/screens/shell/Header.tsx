import type { ReactNode } from 'react'
import styles from './Shell.module.css'

/** The top of a screen. */
export function Header({ children }: { readonly children: ReactNode }) {
  return <header className={styles.header}>{children}</header>
}
