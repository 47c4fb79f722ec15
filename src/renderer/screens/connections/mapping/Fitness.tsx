import { useState } from 'react'
import type { MappingFitness, MappingShown } from '../../../../api/mapping.ts'
import { Button } from '../../../components/Button.tsx'
import { Dialog } from '../../../components/Dialog.tsx'
import { useDesk } from '../../../state/desk.ts'
import { usePlace } from '../../../state/place.ts'
import { fieldLabel } from '../../../words/fields.ts'
import { count, counted } from '../../../words/numbers.ts'
import styles from './Mapping.module.css'

interface FitnessProps {
  readonly shown: MappingShown
  readonly fitness: MappingFitness | undefined
  readonly targetName: string
}

type Refused = MappingFitness['refused'][number]

/** Who would go and who would not, by field, with a way to each of them. */
export function Fitness({ shown, fitness, targetName }: FitnessProps) {
  const [open, setOpen] = useState<Refused | null>(null)
  const used = new Set(shown.rows.flatMap(row => row.target?.rule?.inputs ?? []))
  const nowhere = shown.rows.filter(
    row => row.target === null && row.ours !== null && row.source?.chosen && !used.has(row.ours),
  ).length
  const labelOf = (field: string): string =>
    shown.rows.find(row => row.target?.field === field)?.target?.label ?? fieldLabel(field)
  const words = ({ field, code, people }: Refused): string =>
    code === 'mapping.missing'
      ? `${count(people)} lack ${labelOf(field)}, which ${targetName} needs`
      : `${count(people)} refused for ${labelOf(field)}`
  if (!fitness) return <span className="faint">Counting who fits</span>
  return (
    <>
      <span className={fitness.fit === fitness.people ? 'good' : 'soft'} role="status">
        {count(fitness.fit)} of {counted(fitness.people, 'person', 'people')} fit
      </span>
      {fitness.refused.map(one => (
        <button
          key={`${one.field} ${one.code}`}
          type="button"
          className={`${styles.link} bad`}
          onClick={() => setOpen(one)}
        >
          {words(one)}
        </button>
      ))}
      {fitness.withoutBib > 0 && <span className="warn">{count(fitness.withoutBib)} without a bib</span>}
      {nowhere > 0 && <span className="warn">{counted(nowhere, 'chosen field')} not sent</span>}
      {open !== null && (
        <Dialog title={words(open)} wide onClose={() => setOpen(null)}>
          <RefusedPeople refused={open} />
        </Dialog>
      )}
    </>
  )
}

function RefusedPeople({ refused }: { readonly refused: Refused }) {
  const show = (id: string): void => {
    useDesk.getState().show(id)
    usePlace.getState().goDay('desk')
  }
  return (
    <div className={styles.people}>
      <table aria-label="Who does not fit">
        <thead>
          <tr>
            <th scope="col">Bib</th>
            <th scope="col">Name</th>
            <th scope="col">Event</th>
            <th scope="col">Why</th>
            <th scope="col" aria-label="Open" />
          </tr>
        </thead>
        <tbody>
          {refused.first.map(person => (
            <tr key={person.participantId}>
              <td>{person.bibNumber ?? '—'}</td>
              <td>{person.name}</td>
              <td>{person.eventName}</td>
              <td>{person.reason}</td>
              <td className="number">
                <Button small aria-label={`Show ${person.name}`} onClick={() => show(person.participantId)}>
                  Show
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {refused.people > refused.first.length && (
        <p className="faint">
          The first {count(refused.first.length)} of {count(refused.people)}.
        </p>
      )}
    </div>
  )
}
