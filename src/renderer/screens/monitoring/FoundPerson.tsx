import { Checkbox } from '@mantine/core'
import type { KnownPerson, KnownRegistration } from '../../../api/identity.ts'
import { Button } from '../../components/Button.tsx'
import { useProviders } from '../../queries.ts'
import { providerName } from '../../words/connections.ts'
import { evidenceInWords, personInWords } from '../../words/identity.ts'

interface FoundPersonProps {
  readonly person: KnownPerson
  readonly chosen: boolean
  readonly mayChoose: boolean
  readonly maySplit: boolean
  readonly onChoose: (on: boolean) => void
  readonly onSplit: (registration: KnownRegistration) => void
}

/** A person with all registrations that were taken for theirs, and why. */
export function FoundPerson({ person, chosen, mayChoose, maySplit, onChoose, onSplit }: FoundPersonProps) {
  const { name, registrations } = person
  const providers = useProviders().data ?? []
  const facts = (one: KnownRegistration) => [
    ...[one.name, one.eventName, one.eventDate, one.email, one.dateOfBirth, one.city],
    providerName(providers, one.provider),
  ]
  return (
    <li>
      <Checkbox
        label={
          <>
            <b>{name || 'No name'}</b> <span className="soft">{personInWords(person)}</span>
          </>
        }
        checked={chosen}
        disabled={!mayChoose}
        onChange={change => onChoose(change.currentTarget.checked)}
      />
      <ul aria-label={`Registrations of ${name}`}>
        {registrations.map(one => (
          <li key={one.id}>
            {facts(one).filter(Boolean).join(' · ')} <span className="soft">{evidenceInWords(one)}</span>{' '}
            {registrations.length > 1 && (
              <Button small disabled={!maySplit} onClick={() => onSplit(one)}>
                Split off
              </Button>
            )}
          </li>
        ))}
      </ul>
    </li>
  )
}
