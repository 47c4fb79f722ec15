import type { Crossing, Told } from '../../api/displays.ts'
import type { DisplayLook } from '../../core/display.ts'
import type { Clock } from '../../core/runtime.ts'
import { checkedInAfter, crossingOf, newestReadId, shownReadIds } from '../../store/crossings.ts'
import type { Reader } from '../../store/reader.ts'
import type { Row } from '../../store/tables.ts'
import { crossingShown, locationsOf, lookOf } from './display-crossings.ts'

/** A read is linked some moments after it came: so long it is looked for. */
const LINKED_WITHIN_MS = 15_000
/** A reader that was cut off sends its past later: nobody of it crosses now. */
const NOW_MS = 5 * 60_000
/** Somebody who stands on the mat is read over and over: again only after this long unread. */
const SAME_PERSON_MS = 60_000
const SHOWN_AT_FIRST = 12

/** Who crossed since the last look, each once. */
export interface Lookout {
  look(): readonly Crossing[]
  /** The last ones before it began, oldest first. */
  before(): readonly Crossing[]
}

/** Reads of a display's locations as they are linked. Links come late and out of order; nobody is lost by it. */
export function createCrossingLookout(reader: Reader, clock: Clock, display: () => Row<'displays'>): Lookout {
  const began = newestReadId(reader)
  let floor = began
  const marks: { readonly at: number; readonly id: number }[] = []
  const done = new Set<number>()
  const lastRead = new Map<string, number>()

  const shown = (id: number, isNew: boolean): Crossing | null => {
    const row = crossingOf(reader, display().raceDayId, id)
    if (row === undefined || row.at === null || !locationsOf(reader, display()).includes(row.location ?? ''))
      return null
    const who = `${row.participantId ?? `bib ${row.bib}`}|${row.location}`
    const before = lastRead.get(who)
    lastRead.set(who, Math.max(before ?? row.at, row.at))
    if (before !== undefined && Math.abs(row.at - before) < SAME_PERSON_MS) return null
    if (isNew && Math.abs(row.receivedAt - row.at) > NOW_MS) return null
    return crossingShown(reader, row, lookOf(reader, display()), `read ${row.readId}`)
  }
  const all = (ids: readonly number[], isNew: boolean): Crossing[] =>
    ids.flatMap(id => shown(id, isNew) ?? [])

  return {
    before: () =>
      all(shownReadIds(reader, display().raceDayId, Math.max(0, began - 2000)).slice(-300), false).slice(
        -SHOWN_AT_FIRST,
      ),
    look() {
      const now = clock()
      const fresh = shownReadIds(reader, display().raceDayId, floor).filter(id => !done.has(id))
      for (const id of fresh) done.add(id)
      marks.push({ at: now, id: newestReadId(reader) })
      while (marks[0] !== undefined && marks[0].at < now - LINKED_WITHIN_MS)
        floor = marks.shift()?.id ?? floor
      for (const id of done) if (id <= floor) done.delete(id)
      if (lastRead.size > 5000) forgetOldest(lastRead, 2500)
      return all(fresh, true)
    },
  }
}

/** Beside the name of somebody who has not run yet. */
const beforeRace = (look: DisplayLook): DisplayLook => ({
  ...look,
  fields: look.fields.filter(field => field !== 'race-time' && field !== 'chip-time' && field !== 'message'),
})

/** Whom the crew checks in. */
export function createCheckInLookout(reader: Reader, clock: Clock, display: () => Row<'displays'>): Lookout {
  let after = clock()
  const people = (from: number, limit: number): Crossing[] =>
    checkedInAfter(reader, display().raceDayId, from, limit).flatMap(row => {
      const key = `check-in ${row.participantId} ${row.at}`
      return (
        crossingShown(reader, { ...row, location: null }, beforeRace(lookOf(reader, display())), key) ?? []
      )
    })
  return {
    before: () => people(0, SHOWN_AT_FIRST),
    look() {
      const found = people(after, 500)
      after = Math.max(after, ...found.map(({ at }) => at))
      return found
    },
  }
}

export function lookoutOf(reader: Reader, clock: Clock, display: () => Row<'displays'>): Lookout | null {
  switch (display().mode) {
    case 'crossings':
      return createCrossingLookout(reader, clock, display)
    case 'pre-race':
      return createCheckInLookout(reader, clock, display)
    case 'announcer':
    case 'counts':
      return null
  }
}

function forgetOldest(map: Map<string, number>, keep: number): void {
  for (const key of map.keys()) {
    if (map.size <= keep) return
    map.delete(key)
  }
}

export const told = {
  crossings: (crossings: readonly Crossing[], isNew: boolean): Told => ({
    kind: 'crossings',
    isNew,
    crossings: [...crossings],
  }),
  counts: (at: number): Told => ({ kind: 'counts', at }),
  display: (at: number): Told => ({ kind: 'display', at }),
  beat: (at: number): Told => ({ kind: 'beat', at }),
}
