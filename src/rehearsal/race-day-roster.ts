import { type ControllerDay, chipNumber } from './controller-files.ts'
import { makePeople } from './people.ts'
import { createRandom, shuffle } from './random.ts'
import type { RaceEvent, Registrations } from './registrations.ts'

/** Crew test chips: nobody's. */
const testChips = ['99995', '99997', '99998']

/**
 * What was run that day. `firstGun` counts the guns of the start line: the marathon and its early walkers had two,
 * the half two, the 10K one. Only the marathon passes the 9K split.
 */
export const courses = [
  { name: 'Marathon', distance: '26.2 Miles', firstGun: 0, fee: 12_500, split: '9K' },
  { name: 'Half', distance: '13.1 Miles', firstGun: 2, fee: 9_000, split: null },
  { name: '10K', distance: '10K', firstGun: 4, fee: 5_500, split: null },
] as const

export const startLine = 'START1'

export interface RosterCounts {
  /** Chips in the files, test chips left out. */
  readonly chips: number
  readonly registeredChips: number
  readonly unknownChips: number
  readonly testChips: number
  readonly registrations: number
  readonly withoutBib: number
  /** With a bib nobody read. */
  readonly withoutRead: number
  readonly duplicateBibs: number
  readonly removed: number
}

export function startGuns(day: ControllerDay): number[] {
  return day.guns.filter(gun => gun.location === startLine).map(gun => gun.boxTime)
}

/** Which course each chip ran: by the split it passed, else the gun it started after, else its bib's hundred. */
export function courseOfChips(day: ControllerDay): ReadonlyMap<string, number> {
  const guns = startGuns(day)
  const seen = new Map<string, { started: number | null; course: number | null }>()
  for (const { tag, location, boxTime } of day.reads) {
    const chip = chipNumber(tag)
    const known = seen.get(chip) ?? { started: null, course: null }
    seen.set(chip, known)
    if (location === startLine) known.started = boxTime
    const split = courses.findIndex(course => course.split === location)
    if (split >= 0) known.course = split
  }
  for (const known of seen.values()) known.course ??= startedIn(known.started, guns)

  const byHundred = Map.groupBy(seen.entries(), ([chip]) => Math.floor(Number(chip) / 100))
  const usual = (chip: string) => {
    const near = byHundred.get(Math.floor(Number(chip) / 100)) ?? []
    const votes = courses.map((_, index) => near.filter(([, { course }]) => course === index).length)
    const most = Math.max(...votes)
    return most > 0 ? votes.indexOf(most) : 1
  }
  return new Map([...seen].map(([chip, { course }]) => [chip, course ?? usual(chip)]))
}

/** The last course whose gun went before; who stands on the mat in its last minute counts. */
function startedIn(started: number | null, guns: readonly number[]): number | null {
  if (started === null) return null
  const index = courses.findLastIndex(course => started >= (guns[course.firstGun] ?? 0) - 60_000)
  return index < 0 ? null : index
}

/** Fills the provider's database. About 92 in 100 chips get a registration whose bib is the chip's number. */
export function enrol(parts: {
  readonly day: ControllerDay
  readonly registrations: Registrations
  /** One for each of `courses`, in their order. */
  readonly events: readonly RaceEvent[]
  readonly seed: number
  readonly now: number
}): RosterCounts {
  const { registrations, events, now } = parts
  const random = createRandom(parts.seed)
  const courseOf = courseOfChips(parts.day)
  const chips = shuffle(
    random,
    [...courseOf.keys()].filter(chip => !testChips.includes(chip)),
  )
  // First of all nobody knows the bibs that lay beside the mat and never ran, and the five-figure ones.
  chips.sort((a, b) => Number(isSpare(b)) - Number(isSpare(a)))
  const unknown = Math.round(chips.length * 0.08)
  const known = chips.slice(unknown)
  const courseOfChip = (chip: string) => courseOf.get(chip) ?? 1
  const anyCourse = () => Math.floor(random() * courses.length)

  const wanted: { readonly course: number; readonly bib: string | null }[] = [
    ...known.map(chip => ({ course: courseOfChip(chip), bib: chip })),
    ...known.slice(0, 2).map(chip => ({ course: courseOfChip(chip), bib: chip })),
    ...unread(courseOf, 90).map(bib => ({ course: anyCourse(), bib })),
    ...Array.from({ length: 60 }, () => ({ course: anyCourse(), bib: null })),
  ]
  const rows = shuffle(random, wanted)
  const year = new Date(now).getUTCFullYear()
  const people = makePeople({ seed: parts.seed, year, bibs: rows.map(row => row.bib) })
  // Registrations came in over 150 days, the last one yesterday.
  const step = (149 * 86_400_000) / rows.length
  const ids: number[] = []
  for (const [index, person] of people.entries()) {
    const event = events[rows[index]?.course ?? 1]
    if (!event) throw new Error('an event for each course')
    const registeredAt = Math.round(now - 150 * 86_400_000 + index * step)
    ids.push(
      registrations.add(event.eventId, { person, registeredAt, imported: index % 40 === 0 }).registrationId,
    )
  }

  const bibless = ids.filter((_, index) => rows[index]?.bib === null)
  const reasons = ['cleared', 'removed', 'removed', 'deferred'] as const
  for (const [index, reason] of reasons.entries()) {
    const id = bibless[index]
    if (id !== undefined) registrations.remove(id, reason)
  }
  const transferred = ids.filter((_, index) => rows[index]?.bib !== null).slice(0, 2)
  const takers = makePeople({ seed: parts.seed + 1, year, count: transferred.length })
  for (const [index, id] of transferred.entries()) {
    const person = takers[index]
    if (person) registrations.transfer(id, { person })
  }

  return {
    chips: chips.length,
    registeredChips: known.length,
    unknownChips: unknown,
    testChips: courseOf.size - chips.length,
    registrations: rows.length - reasons.length,
    withoutBib: bibless.length - reasons.length,
    withoutRead: 90,
    duplicateBibs: 2,
    removed: reasons.length + transferred.length,
  }
}

function isSpare(chip: string): boolean {
  const number = Number(chip)
  return number >= 10_000 || (number >= 9500 && number < 9600)
}

/** Bibs of people who stayed in bed. */
function unread(read: ReadonlyMap<string, number>, count: number): string[] {
  const bibs: string[] = []
  for (let bib = 1; bibs.length < count; bib += 7) if (!read.has(String(bib))) bibs.push(String(bib))
  return bibs
}
