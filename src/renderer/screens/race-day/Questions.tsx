import type { Match, RaceDay } from '../../../api/race-day.ts'
import { BibQuestion } from './questions/BibQuestion.tsx'
import { ChipQuestion } from './questions/ChipQuestion.tsx'
import { NoteQuestion } from './questions/NoteQuestion.tsx'
import { StatusQuestion } from './questions/StatusQuestion.tsx'
import { WalkUp } from './questions/WalkUp.tsx'

/** What a function key asks. */
export type Question = 'bib' | 'chip' | 'status' | 'note' | 'walk-up'

interface QuestionsProps {
  readonly question: Question
  readonly person: Match | null
  readonly raceDay: RaceDay
  readonly onClose: () => void
  readonly onAdded: (person: Match) => void
}

export function Questions({ question, person, raceDay, onClose, onAdded }: QuestionsProps) {
  if (question === 'walk-up') return <WalkUp raceDay={raceDay} onClose={onClose} onAdded={onAdded} />
  if (!person) return null
  switch (question) {
    case 'bib':
      return <BibQuestion person={person} raceDay={raceDay} onClose={onClose} />
    case 'chip':
      return <ChipQuestion person={person} raceDay={raceDay} onClose={onClose} />
    case 'status':
      return <StatusQuestion person={person} onClose={onClose} />
    case 'note':
      return <NoteQuestion person={person} onClose={onClose} />
  }
}
