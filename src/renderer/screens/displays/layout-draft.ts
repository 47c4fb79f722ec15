import type { Crossing, DisplayLayout } from '../../../api/displays.ts'
import { DEFAULT_LOOK, type DisplayField, messageFor } from '../../../core/display.ts'
import { emptyPace, type Pace } from '../../../core/pacing.ts'

export type LayoutDraft = Omit<DisplayLayout, 'id'>

export const NEW_LAYOUT: LayoutDraft = {
  name: '',
  look: { ...DEFAULT_LOOK, fields: [...DEFAULT_LOOK.fields], messages: [...DEFAULT_LOOK.messages] },
  logoId: null,
  backgroundId: null,
}

/** Nobody real: short and long names, with and without a team. */
const TEST_RUNNERS = [
  {
    bib: '214',
    first: 'Maria',
    last: 'Lopez',
    team: 'Harbor Striders',
    city: 'Saratoga Springs',
    minutes: 21,
  },
  { bib: '7', first: 'Bartholomew', last: 'Featherstonehaugh', team: null, city: 'Albany', minutes: 22 },
  { bib: '10388', first: 'Li', last: 'Wu', team: 'Team Lighthouse', city: 'Utica', minutes: 22.4 },
  { bib: '65', first: 'Anne-Sophie', last: 'van den Berg', team: null, city: 'Glens Falls', minutes: 23 },
  { bib: '1502', first: 'Tom', last: 'Oak', team: 'Oak Family', city: 'Troy', minutes: 23.1 },
] as const

const testCrossing = (draft: LayoutDraft, index: number): Crossing => {
  const { bib, first, last, team, city, minutes } =
    TEST_RUNNERS[index % TEST_RUNNERS.length] ?? TEST_RUNNERS[0]
  const name = `${first} ${last}`
  const chosen = <T>(field: DisplayField, value: T): T | null =>
    draft.look.fields.includes(field) ? value : null
  return {
    key: `test ${index}`,
    at: 0,
    name,
    bib: chosen('bib', bib),
    event: chosen('event', '5K'),
    team: chosen('team', team),
    hometown: chosen('hometown', `${city}, NY`),
    location: chosen('location', 'Finish'),
    raceTimeMs: chosen('race-time', minutes * 60_000 + 12_300),
    chipTimeMs: chosen('chip-time', minutes * 60_000),
    message: chosen('message', messageFor(draft.look.messages, bib, { name, first, team, city })),
  }
}

/** A moment of a display with test runners: the first one crosses, others press behind. */
export function testPace(draft: LayoutDraft, step: number): Pace<Crossing> {
  return {
    ...emptyPace<Crossing>(),
    current: testCrossing(draft, step),
    waiting: [1, 2, 3].map(after => ({ item: testCrossing(draft, step + after), at: 0 })),
  }
}
