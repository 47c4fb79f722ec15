import { useState } from 'react'
import type { Match, RaceDay } from '../../../api/race-day.ts'
import type { Session } from '../../../api/timing.ts'
import { Panel, Scroll } from '../../components/Panel.tsx'
import { TroubleNote } from '../../components/TroubleNote.tsx'
import { useHotkeys } from '../../components/use-hotkeys.ts'
import { usePerson } from '../../queries.ts'
import { useDesk } from '../../state/desk.ts'
import { personName } from '../../words/people.ts'
import { BibBox } from './BibBox.tsx'
import { DeskActions } from './DeskActions.tsx'
import { useDecide, useUndo } from './decide.ts'
import { LastDecision } from './LastDecision.tsx'
import { PersonPanel } from './PersonPanel.tsx'
import { type Question, Questions } from './Questions.tsx'

interface HelpDeskProps {
  readonly raceDay: RaceDay
  readonly session: Session | null
}

/** Who is it, and what shall be changed. */
export function HelpDesk({ raceDay, session }: HelpDeskProps) {
  const personId = useDesk(state => state.personId)
  const last = useDesk(state => state.decisions.at(-1)) ?? null
  const person = usePerson(personId)
  const shown = personId === null ? null : (person.data ?? null)
  const [question, setQuestion] = useState<Question | null>(null)
  const decide = useDecide()
  const undo = useUndo()
  const ask = (next: Question) => (): void => {
    if (next === 'walk-up' || shown) setQuestion(next)
  }
  const checkIn = (): void => {
    if (!shown) return
    const here = shown.checkedInAt !== null
    decide.mutate({
      person: shown,
      field: 'checked_in_at',
      value: here ? undefined : Date.now(),
      words: `${personName(shown)} ${here ? 'not checked in' : 'checked in'}`,
    })
  }
  const undoLast = (): void => {
    if (last && !undo.isPending) undo.mutate(last)
  }
  useHotkeys({
    F2: ask('bib'),
    F3: ask('chip'),
    F4: checkIn,
    F6: ask('status'),
    F8: ask('note'),
    F9: ask('walk-up'),
    'Alt+B': ask('bib'),
    'Alt+C': ask('chip'),
    'Alt+I': checkIn,
    'Alt+D': ask('status'),
    'Alt+N': ask('note'),
    'Alt+W': ask('walk-up'),
    'Ctrl+Z': undoLast,
  })
  return (
    <Panel label="Help desk">
      <BibBox raceDay={raceDay} />
      <Scroll>
        <TroubleNote error={person.error} what="Person not read" onRefetch={() => void person.refetch()} />
        <TroubleNote error={decide.error} what="Not changed" onDismiss={decide.reset} />
        <TroubleNote error={undo.error} what="Not undone" onDismiss={undo.reset} />
        {last && <LastDecision decision={last} busy={undo.isPending} onUndo={undoLast} />}
        {shown && <PersonPanel person={shown} raceDay={raceDay} session={session} onDecide={decide.mutate} />}
      </Scroll>
      <DeskActions person={shown} onAsk={setQuestion} onCheckIn={checkIn} />
      {question && (
        <Questions
          question={question}
          person={shown}
          raceDay={raceDay}
          onClose={() => setQuestion(null)}
          onAdded={(added: Match) => useDesk.getState().show(added.id)}
        />
      )}
    </Panel>
  )
}
