import type { Match, Participant, RaceDay } from '../../api/race-day.ts'
import type { OverrideField } from '../../core/model.ts'
import type { Tone } from './said.ts'
import { clock, moment, raceTime } from './time.ts'

type Named = Pick<Participant, 'firstName' | 'lastName'>

export const personName = (person: Named): string =>
  [person.firstName, person.lastName].filter(Boolean).join(' ') || 'No name'

type Described = Pick<Participant, 'gender' | 'age' | 'division' | 'city' | 'state'>

/** "F 38 · 35–39 · Haddonfield, NJ". */
export function personLine(person: Described): string {
  const who = [person.gender, person.age].filter(part => part !== null && part !== '').join(' ')
  const where = [person.city, person.state].filter(Boolean).join(', ')
  return [who, person.division, where].filter(Boolean).join(' · ')
}

export interface PersonState {
  readonly tone: Tone
  readonly words: string
}

const REGISTRATION: Readonly<Record<Participant['registrationStatus'], PersonState>> = {
  registered: { tone: 'plain', words: 'registered' },
  withdrawn: { tone: 'bad', words: 'withdrawn' },
  deferred: { tone: 'bad', words: 'deferred to another year' },
  transferred: { tone: 'bad', words: 'transferred to somebody else' },
  gone: { tone: 'bad', words: 'no longer at the source' },
}

const RACE: Readonly<Record<Exclude<Participant['raceStatus'], 'none'>, string>> = {
  dns: 'DNS, did not start',
  dnf: 'DNF, did not finish',
  dq: 'DQ, disqualified',
}

const decisionOn = (person: Match, field: OverrideField) => person.overrides.find(one => one.field === field)

function byWhom(person: Match, field: OverrideField): string {
  const decision = decisionOn(person, field)
  return decision ? ` by ${decision.decidedBy}` : ''
}

function decidedBy(person: Match, field: OverrideField, zone: string): string {
  const decision = decisionOn(person, field)
  if (!decision) return ''
  return `, ${decision.decidedBy} ${moment(decision.decidedAt, zone)}${decision.reason ? ` (${decision.reason})` : ''}`
}

/** Where the reads say that somebody is; the crew's word stands above them. */
function raceState(person: Match, finishes: ReadonlySet<string>, zone: string): PersonState {
  if (person.raceStatus !== 'none') {
    return { tone: 'warn', words: `${RACE[person.raceStatus]}${decidedBy(person, 'race_status', zone)}` }
  }
  const linked = person.reads.filter(read => read.state === 'linked' && read.at !== null)
  const finish = linked.find(read => read.location !== null && finishes.has(read.location))
  if (finish) {
    const time = finish.raceTimeMs ?? finish.chipTimeMs
    return { tone: 'good', words: time === null ? 'finished' : `finished in ${raceTime(time)}` }
  }
  const last = linked.reduce<(typeof linked)[number] | null>(
    (latest, read) => (latest === null || (read.at ?? 0) > (latest.at ?? 0) ? read : latest),
    null,
  )
  if (last?.at == null) return { tone: 'plain', words: 'no read yet' }
  return { tone: 'info', words: `on the course, ${last.location ?? 'somewhere'} at ${clock(last.at, zone)}` }
}

/** Registration, check-in and race: three states that never hide each other. */
export function threeStates(
  person: Match,
  finishes: ReadonlySet<string>,
  zone: string,
): readonly PersonState[] {
  return [
    REGISTRATION[person.registrationStatus],
    person.checkedInAt === null
      ? { tone: 'plain', words: 'not checked in' }
      : {
          tone: 'good',
          words: `checked in ${moment(person.checkedInAt, zone)}${byWhom(person, 'checked_in_at')}`,
        },
    raceState(person, finishes, zone),
  ]
}

/** All guns of the day, earliest first, each once. */
export function gunsOf(raceDay: RaceDay): readonly number[] {
  const guns = raceDay.starts.flatMap(start => start.correctedAt ?? start.gunAt ?? [])
  return [...new Set(guns)].sort((a, b) => a - b)
}

/** The chips somebody's reads come by: own ones and the bib's, else the bib's number itself. */
export function chipsOfBib(person: Match): string {
  const chips = [...new Set([...person.chips, ...person.bibChips])]
  if (chips.length > 0) return `${chips.length === 1 ? 'chip' : 'chips'} ${chips.join(', ')}`
  return person.bibNumber === null ? 'no chip' : `chip ${person.bibNumber}`
}
