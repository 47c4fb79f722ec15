import type { Match } from '../src/api/race-day.ts'
import { foldName } from '../src/core/identity.ts'
import type { Hands, Wanted } from './desk-keys.ts'

/** Somebody who comes to the desk, and a bib that nobody wears. */
export interface Visitor {
  readonly id: string
  readonly bib: string
  readonly firstName: string
  readonly lastName: string
  readonly spareBib: string
  /** What is typed of the name: its last letter brings them into the list. Null where nobody types it. */
  readonly heardAs: string | null
}

export interface Task {
  readonly name: string
  /** How often among sixty. */
  readonly times: number
  /** The name is typed, not the bib. */
  readonly byName?: true
  run(hands: Hands, visitor: Visitor): Promise<void>
  /** Whose bib the API is asked for afterwards, and whether it had its effect. */
  readonly bib?: (visitor: Visitor) => string
  done(after: Match, visitor: Visitor): boolean
}

const DESK = '[aria-label="Help desk"]'
const person = (text: string): Wanted => ({ what: 'person', at: `${DESK} article`, text })
const question: Wanted = {
  what: 'question',
  at: '[role="dialog"]:has(input:focus, textarea:focus, button:focus)',
  text: '',
}
const shown = (text: string): Wanted => ({ what: 'decision', at: `${DESK} article`, text })
const said = (text: string): Wanted => ({ what: 'decision', at: `${DESK} [role="status"]`, text })

async function find(hands: Hands, visitor: Visitor): Promise<void> {
  await hands.press('Escape')
  await hands.type(visitor.bib)
  await hands.press('Enter', person(visitor.lastName))
}

/** As it is heard over the queue: without its third letter, and the first name as far as needed. */
export const heard = (firstName: string, lastName: string): string =>
  foldName(`${lastName.slice(0, 2)}${lastName.slice(3)} ${firstName}`)

export const TASKS: readonly Task[] = [
  { name: 'bib', times: 20, run: find, done: (after, visitor) => after.id === visitor.id },
  {
    name: 'name with a typo, arrows',
    times: 9,
    byName: true,
    async run(hands, visitor) {
      const { heardAs, bib } = visitor
      if (heardAs === null) throw new Error('nobody said which letters to type')
      await hands.press('Escape')
      await hands.type(heardAs.slice(0, -1))
      await hands.press(heardAs.slice(-1), {
        what: 'matches',
        at: '[role="option"] b',
        text: bib,
        whole: true,
      })
      const place = await hands.placeOf(bib)
      for (let n = 0; n < place; n += 1) await hands.press('ArrowDown')
      await hands.press('Enter', person(visitor.lastName))
    },
    done: (after, visitor) => after.id === visitor.id,
  },
  {
    name: 'new bib',
    times: 6,
    async run(hands, visitor) {
      await find(hands, visitor)
      await hands.press('F2', question)
      await hands.type(visitor.spareBib)
      await hands.press('Enter', shown(visitor.spareBib))
    },
    bib: visitor => visitor.spareBib,
    done: (after, visitor) => after.id === visitor.id,
  },
  {
    name: 'chip',
    times: 3,
    async run(hands, visitor) {
      await find(hands, visitor)
      await hands.press('F3', question)
      await hands.type(`77${visitor.spareBib}`)
      await hands.press('Enter', shown(`77${visitor.spareBib} own`))
    },
    done: (after, visitor) => after.chips.includes(`77${visitor.spareBib}`),
  },
  {
    name: 'check in',
    times: 10,
    async run(hands, visitor) {
      await find(hands, visitor)
      await hands.press('F4', said(`${visitor.lastName} checked in`))
    },
    done: after => after.checkedInAt !== null,
  },
  {
    name: 'DNF',
    times: 3,
    async run(hands, visitor) {
      await find(hands, visitor)
      await hands.press('F6', question)
      await hands.press('2', shown('DNF'))
    },
    done: after => after.raceStatus === 'dnf',
  },
  {
    name: 'note',
    times: 3,
    async run(hands, visitor) {
      await find(hands, visitor)
      await hands.press('F8', question)
      await hands.type('left a bag')
      await hands.press('Enter', shown('left a bag'))
    },
    done: after => after.note === 'left a bag',
  },
  {
    name: 'check in, undone',
    times: 3,
    async run(hands, visitor) {
      await find(hands, visitor)
      await hands.press('F4', said(`${visitor.lastName} checked in`))
      await hands.press('Control+z', shown('not checked in'))
    },
    done: after => after.checkedInAt === null,
  },
  {
    name: 'walk-up',
    times: 3,
    async run(hands, visitor) {
      await hands.press('Escape')
      await hands.press('F9', question)
      await hands.type('Wanda')
      await hands.press('Tab')
      await hands.type(`Late${visitor.lastName}`)
      await hands.press('Tab')
      await hands.type(visitor.spareBib)
      await hands.press('Enter', person(`Late${visitor.lastName}`))
    },
    bib: visitor => visitor.spareBib,
    done: (after, visitor) => after.lastName === `Late${visitor.lastName}`,
  },
]

/** All of them, evenly mixed, always in the same order. */
export const queue = (): readonly Task[] =>
  TASKS.flatMap(task => Array.from({ length: task.times }, (_, n) => ({ task, at: (n + 0.5) / task.times })))
    .sort((a, b) => a.at - b.at)
    .map(({ task }) => task)
