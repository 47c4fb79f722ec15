import type { ReactNode } from 'react'
import styles from './Facts.module.css'

export interface Fact {
  readonly term: string
  readonly words: ReactNode
}

/** Terms with what is known of them. */
export function Facts({ facts }: { readonly facts: readonly Fact[] }) {
  return (
    <dl className={styles.facts}>
      {facts.map(fact => (
        <div key={fact.term}>
          <dt>{fact.term}</dt>
          <dd>{fact.words}</dd>
        </div>
      ))}
    </dl>
  )
}
