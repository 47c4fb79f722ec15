import { useEffect, useRef } from 'react'
import type { Match } from '../../../api/race-day.ts'
import { personLine, personName } from '../../words/people.ts'
import styles from './PeopleList.module.css'

interface PeopleListProps {
  readonly label: string
  readonly people: readonly Match[]
  /** The one that Enter takes. */
  readonly index: number
  readonly onPick: (person: Match, index: number) => void
}

export function PeopleList({ label, people, index, onPick }: PeopleListProps) {
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => {
    list.current?.children[index]?.scrollIntoView({ block: 'nearest' })
  }, [index])
  return (
    <div className={styles.list} role="listbox" aria-label={label} ref={list}>
      {people.map((person, place) => (
        <button
          key={person.id}
          type="button"
          role="option"
          tabIndex={-1}
          aria-selected={place === index}
          onMouseDown={event => event.preventDefault()}
          onClick={() => onPick(person, place)}
        >
          <b>{person.bibNumber ?? 'no bib'}</b>
          <span>
            {personName(person)}
            <small>{[person.eventName, personLine(person)].filter(Boolean).join(' · ')}</small>
          </span>
        </button>
      ))}
    </div>
  )
}
