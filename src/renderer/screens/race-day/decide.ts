import { useMutation } from '@tanstack/react-query'
import type { Match } from '../../../api/race-day.ts'
import type { OverrideField } from '../../../core/model.ts'
import { client } from '../../client.ts'
import { queries } from '../../query.ts'
import type { Decision } from '../../state/decision.ts'
import { useDesk } from '../../state/desk.ts'

export interface Wish {
  readonly person: Match
  readonly field: OverrideField
  /** Undefined takes the crew's decision back: the source counts again. */
  readonly value: unknown
  readonly reason?: string
  /** What it comes to: "Bib 214 for Zoë Müller-Ortiz". */
  readonly words: string
}

const standing = (person: Match, field: OverrideField) => {
  const override = person.overrides.find(one => one.field === field)
  return override ? { value: override.value, reason: override.reason } : null
}

const put = (
  id: string,
  field: OverrideField,
  value: unknown,
  reason: string | null | undefined,
): Promise<Match> => client.raceDay.decide({ id, field, value, ...(reason ? { reason } : {}) })

/** Shows what the engine made of it, before the stream says that it changed. */
export function keepPerson(person: Match): void {
  queries.setQueryData(['person', person.id], person)
  void queries.invalidateQueries({ queryKey: ['search'] }, { cancelRefetch: false })
}

/** The crew decides about one field of one person; remembered for one-key undo. */
export function useDecide() {
  const remember = useDesk(state => state.remember)
  return useMutation({
    mutationFn: ({ person, field, value, reason }: Wish) =>
      value === undefined
        ? client.raceDay.takeBack({ id: person.id, field })
        : put(person.id, field, value, reason),
    onSuccess: (person, wish) => {
      keepPerson(person)
      remember({
        kind: 'field',
        words: wish.words,
        personId: person.id,
        field: wish.field,
        before: standing(wish.person, wish.field),
      })
    },
  })
}

/** Who is shown afterwards; null leaves it as it is. */
async function undo(decision: Decision): Promise<Match | null> {
  switch (decision.kind) {
    case 'read':
      await client.timing.takeBackAssignment({ id: decision.readId })
      return null
    case 'chip':
      await client.timing.takeBackChip({ chip: decision.chip, sessionId: decision.sessionId })
      return null
    case 'swap':
      return client.desk.takeBackSwap({ id: decision.personId, withId: decision.withId })
    case 'walk-up':
      await client.desk.takeBackWalkUp({ id: decision.personId })
      if (useDesk.getState().personId === decision.personId) useDesk.getState().show(null)
      return null
    case 'join':
      return client.desk.splitWalkUp({ id: decision.walkUpId })
    case 'field': {
      const { personId: id, field, before } = decision
      return before === null
        ? client.raceDay.takeBack({ id, field })
        : put(id, field, before.value, before.reason)
    }
  }
}

export function useUndo() {
  const forget = useDesk(state => state.forget)
  const show = useDesk(state => state.show)
  return useMutation({
    mutationFn: undo,
    onSuccess: (person, decision) => {
      forget(decision)
      if (!person) return
      keepPerson(person)
      show(person.id)
    },
  })
}
