import { useEffect, useRef } from 'react'
import type { Found } from '../../../api/race-day.ts'
import { personLine, personName } from '../../words/people.ts'
import styles from './PeopleList.module.css'

interface PeopleListProps {
  readonly id?: string
  readonly label: string
  readonly people: readonly Found[]
  /** The one that Enter takes. */
  readonly index: number
  readonly onPick: (person: Found, index: number) => void
}

/** The option of a list that a box names as its own, for screen readers. */
export const optionId = (list: string, place: number): string => `${list}-${place}`

export function PeopleList({ id, label, people, index, onPick }: PeopleListProps) {
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => {
    list.current?.children[index]?.scrollIntoView({ block: 'nearest' })
  }, [index])
  return (
    <div id={id} className={styles.list} role="listbox" aria-label={label} ref={list}>
      {people.map((person, place) => (
        <button
          key={person.id}
          id={id === undefined ? undefined : optionId(id, place)}
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
