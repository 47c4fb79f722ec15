import type { ReactNode } from 'react'
import type { Tone } from '../words/said.ts'
import styles from './Tag.module.css'

/** A state in a word, with its colour as a help only. */
export function Tag({ tone, children }: { readonly tone: Tone; readonly children: ReactNode }) {
  return <span className={`${styles.tag} ${tone}`}>{children}</span>
}
