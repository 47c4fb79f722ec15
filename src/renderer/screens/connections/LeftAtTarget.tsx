import { useState } from 'react'
import { Button } from '../../components/Button.tsx'
import { Note } from '../../components/Note.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { useLeftAtTarget } from '../../guard-queries.ts'
import { count, counted } from '../../words/numbers.ts'
import styles from './ConnectionDetail.module.css'

interface LeftAtTargetProps {
  readonly connectionId: string
  readonly targetName: string
}

/** Who is no longer registered and still in scoring: nobody is deleted there, so they are listed. */
export function LeftAtTarget({ connectionId, targetName }: LeftAtTargetProps) {
  const [shown, setShown] = useState(false)
  const left = useLeftAtTarget(connectionId)
  if (!left.data)
    return (
      <TroubleNote error={left.error} what="Gone people not read" onRefetch={() => void left.refetch()} />
    )
  const { count: whole, people } = left.data
  if (whole === 0) return null
  return (
    <section className={styles.section} aria-label={`Gone, still in ${targetName}`}>
      <Note
        actions={
          <Button small aria-expanded={shown} onClick={() => setShown(!shown)}>
            {shown ? 'Hide them' : 'Show them'}
          </Button>
        }
      >
        <b>{counted(whole, 'person', 'people')} gone,</b> still in {targetName}. Take them out there;
        Trackside deletes nobody.
      </Note>
      {shown && (
        <div className={styles.table}>
          <table aria-label={`Still in ${targetName}`}>
            <thead>
              <tr>
                <th scope="col">Bib</th>
                <th scope="col">Name</th>
                <th scope="col">Event</th>
                <th scope="col">At the source</th>
              </tr>
            </thead>
            <tbody>
              {people.map(person => (
                <tr key={person.participantId}>
                  <td>
                    <b>{person.bibNumber ?? '—'}</b>
                  </td>
                  <td className={styles.wrap}>{person.name}</td>
                  <td className={styles.wrap}>{person.eventName}</td>
                  <td>{person.registrationStatus}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {whole > people.length && (
            <p className="faint">
              The first {count(people.length)} of {count(whole)}.
            </p>
          )}
        </div>
      )}
    </section>
  )
}
