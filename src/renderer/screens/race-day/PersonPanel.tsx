import type { Match, RaceDay } from '../../../api/race-day.ts'
import type { Session } from '../../../api/timing.ts'
import { Button } from '../../components/Button.tsx'
import { Facts } from '../../components/Facts.tsx'
import { Note } from '../../components/Note.tsx'
import { Tag } from '../../components/Tag.tsx'
import { useProviders } from '../../queries.ts'
import { useDesk } from '../../state/desk.ts'
import { bibDecision, bibLinks } from '../../words/bibs.ts'
import { providerName } from '../../words/connections.ts'
import { questionInWords } from '../../words/course.ts'
import { personLine, personName, threeStates } from '../../words/people.ts'
import { clock, moment } from '../../words/time.ts'
import { PersonConflicts } from '../central/Conflicts.tsx'
import { Changes } from './Changes.tsx'
import { finishesOf } from './day.ts'
import type { Wish } from './decide.ts'
import { Joins } from './Joins.tsx'
import styles from './PersonPanel.module.css'
import { PersonReads } from './PersonReads.tsx'

interface PersonPanelProps {
  readonly person: Match
  readonly raceDay: RaceDay
  readonly session: Session | null
  readonly onDecide: (wish: Wish) => void
}

/** Everything about one person. */
export function PersonPanel({ person, raceDay, session, onDecide }: PersonPanelProps) {
  const providers = useProviders().data ?? []
  const zone = raceDay.timezone
  const known = providers.find(provider => provider.id === person.sourceProvider)
  const source = providerName(providers, person.sourceProvider)
  return (
    <article className={styles.person} aria-label={personName(person)}>
      <div className={styles.top}>
        <span className={styles.bib}>{person.bibNumber ?? 'no bib'}</span>
        <div>
          <h1>{personName(person)}</h1>
          <p>{personLine(person)}</p>
        </div>
      </div>
      <Changes person={person} source={source} zone={zone} onDecide={onDecide} />
      <PersonConflicts participantId={person.id} />
      <SameBib person={person} zone={zone} />
      <Joins person={person} />
      <Facts
        facts={[
          {
            term: 'Status',
            words: (
              <span className={styles.tags}>
                {threeStates(person, finishesOf(session), zone).map(state => (
                  <Tag key={state.words} tone={state.tone}>
                    {state.words}
                  </Tag>
                ))}
              </span>
            ),
          },
          { term: 'Event', words: person.eventName },
          { term: 'Chip', words: chipInWords(person) },
          { term: 'Wave, team', words: waveInWords(person, raceDay) },
          {
            term: 'From',
            words: `${known ? `${source} ${person.sourceParticipantId}` : 'added by hand'} · seen ${moment(person.updatedAt, zone)}`,
          },
          ...(person.note === null ? [] : [{ term: 'Note', words: person.note }]),
        ]}
      />
      {person.questions.length > 0 && (
        <Note>
          <b>Look at the reads:</b> {person.questions.map(questionInWords).join(' · ')}.
        </Note>
      )}
      <PersonReads person={person} zone={zone} />
    </article>
  )
}

function chipInWords(person: Match): string {
  const own = person.chips.length > 0 ? `${person.chips.join(', ')} own` : ''
  const bib = person.bibChips.length > 0 ? `${person.bibChips.join(', ')} on the bib` : ''
  const swapped = person.chipsSwappedWith ? `swapped with ${person.chipsSwappedWith.name}` : ''
  const known = [own, bib, swapped].filter(Boolean).join(' · ')
  if (known !== '') return known
  if (person.chip !== null) return person.chip
  return person.bibNumber === null ? 'No bib and no chip' : `No chip for bib ${person.bibNumber}`
}

function waveInWords(person: Match, raceDay: RaceDay): string {
  const gun = person.startAt
  const gunWords = gun === null ? 'no gun yet' : `gun ${clock(gun, raceDay.timezone)}`
  return `${person.wave ?? 'No wave'}, ${gunWords} · ${person.teamName ?? 'no team'}`
}

function SameBib({ person, zone }: { readonly person: Match; readonly zone: string }) {
  const show = useDesk(state => state.show)
  if (person.sameBib.length === 0) return null
  const own = { id: person.id, name: personName(person) }
  return (
    <Note
      actions={person.sameBib.map(other => (
        <Button key={other.id} small onClick={() => show(other.id)}>
          Show {other.name}
        </Button>
      ))}
    >
      <b>Bib {person.bibNumber} is worn twice.</b> Also by{' '}
      {person.sameBib
        .map(other => `${other.name} (${other.eventName}, ${bibDecision(other, zone)})`)
        .join(', ')}
      . {bibLinks(person.bibNumber ?? '', [own, ...person.sameBib], person.bibLinksTo)}
    </Note>
  )
}
