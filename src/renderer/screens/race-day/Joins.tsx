import { useMutation } from '@tanstack/react-query'
import type { Match } from '../../../api/race-day.ts'
import { foldName } from '../../../core/identity.ts'
import { client } from '../../client.ts'
import { Button } from '../../components/Button.tsx'
import { Note } from '../../components/Note.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { queries } from '../../query.ts'
import { useDesk } from '../../state/desk.ts'
import { personName } from '../../words/people.ts'
import { keepPerson } from './decide.ts'

type Offer = Match['joinOffers'][number]

const described = (other: Pick<Offer, 'name' | 'bibNumber'>): string =>
  other.bibNumber === null ? other.name : `${other.bibNumber}, ${other.name}`

/** What the two have in common, and that a bib alone may be somebody else's. */
function sameness(person: Match, offer: Offer): string {
  const sameName = foldName(personName(person)) === foldName(offer.name)
  if (offer.because === 'name') return 'Same name and birth date.'
  return sameName ? 'Same bib and name.' : 'Same bib, another name: join them only if it is one person.'
}

/** Walk-up and registration of one person: joined on offer, and taken apart again. */
export function Joins({ person }: { readonly person: Match }) {
  const { show, remember } = useDesk()
  const shown = (match: Match): void => {
    keepPerson(match)
    void queries.invalidateQueries({ queryKey: ['counts'] })
    show(match.id)
  }
  const join = useMutation({
    mutationFn: (offer: Offer) =>
      client.desk.joinWalkUp({ id: offer.walkUpId, withId: offer.registrationId }),
    onSuccess: (match, offer) => {
      shown(match)
      remember({ kind: 'join', words: `Walk-up joined to ${personName(match)}`, walkUpId: offer.walkUpId })
    },
  })
  const split = useMutation({
    mutationFn: (walkUpId: string) => client.desk.splitWalkUp({ id: walkUpId }),
    onSuccess: shown,
  })
  return (
    <>
      {person.joinOffers.map(offer => (
        <Note
          key={offer.id}
          tone="info"
          actions={
            <>
              <Button small disabled={join.isPending} onClick={() => join.mutate(offer)}>
                Join
              </Button>
              <Button small kind="quiet" onClick={() => show(offer.id)}>
                Show {offer.name}
              </Button>
            </>
          }
        >
          <b>
            Looks like the {offer.id === offer.walkUpId ? 'walk-up' : 'registration'} {described(offer)}.
          </b>{' '}
          {sameness(person, offer)} Joined, reads, chips and decisions of the walk-up are the registration’s.
        </Note>
      ))}
      {person.joined.map(walkUp => (
        <Note
          key={walkUp.id}
          tone="info"
          actions={
            <Button small kind="quiet" disabled={split.isPending} onClick={() => split.mutate(walkUp.id)}>
              Split
            </Button>
          }
        >
          Joined with the walk-up {described(walkUp)}.
        </Note>
      ))}
      {person.successor && (
        <Note
          actions={
            <Button small onClick={() => person.successor && show(person.successor.id)}>
              Show {person.successor.name}
            </Button>
          }
        >
          <b>Became {described(person.successor)}</b> ({person.successor.eventName}): reads and chips follow
          there.
        </Note>
      )}
      <TroubleNote error={join.error} what="Not joined" onDismiss={join.reset} />
      <TroubleNote error={split.error} what="Not split" onDismiss={split.reset} />
    </>
  )
}
