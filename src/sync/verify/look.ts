import { isAppError } from '../../core/errors.ts'
import { foldName } from '../../core/identity.ts'
import { textOf, valueAt } from '../../core/json-path.ts'
import type { SourceEvent } from '../../core/model.ts'
import type { Json } from '../../core/runtime.ts'
import type { Deviation, Page, PublishedResult, TargetEntry, TargetRace } from '../../providers/provider.ts'
import type { Account } from '../account.ts'
import { isOurKey } from '../entries.ts'
import { type Seen, type Skipped, type Step, seen, skipped } from './finding.ts'

/** Of long lists so many pages are looked at. */
const PAGES = 3
/** Events that are tried until one has somebody. */
const EVENTS = 3

/** What the steps hand on to each other. */
export interface Found {
  events: readonly SourceEvent[]
  /** The event looked at, and the people of it as they came. */
  event: SourceEvent | null
  people: readonly Json[]
  race: TargetRace | null
  entries: readonly TargetEntry[]
}

export const nothingFound = (): Found => ({ events: [], event: null, people: [], race: null, entries: [] })

export interface Lookup {
  readonly account: Account
  readonly found: Found
  /** By id or name; null: whichever there is. */
  readonly event: string | null
}

const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`

interface Walked<T> {
  readonly items: readonly T[]
  /** Whether the list came to its end. */
  readonly whole: boolean
}

async function walk<T>(
  source: AsyncIterable<Page<T>>,
  enough: (pages: number) => boolean = pages => pages >= PAGES,
): Promise<Walked<T>> {
  const items: T[] = []
  let pages = 0
  for await (const page of source) {
    items.push(...page.items)
    pages += 1
    if (page.complete) return { items, whole: true }
    if (enough(pages)) break
  }
  return { items, whole: false }
}

const upTo = ({ whole }: Walked<unknown>): string => (whole ? 'the whole list' : 'the first pages')

/** Every operation that only reads. */
export const readingSteps = (look: Lookup) => ({
  authenticate: step('authenticate', 'check', 'the keys are accepted', () => authenticate(look)),
  events: step('events', 'events', 'events, each with id, name and date', () => events(look)),
  participants: step('participants', 'participants', 'people, each of whom can be read', () =>
    participants(look),
  ),
  ensureEvent: step('ensure-event', 'ensure-event', 'the place where an event’s entries go', () =>
    ensureEvent(look),
  ),
  readBack: step('read-back', 'read-back', 'the entries of a race, ours with our keys', () => readBack(look)),
  results: step('results', 'results', 'results, each of which can be read', () => results(look)),
  fieldMapping: step('field-mapping', null, 'the fields that are on offer hold something', async () =>
    fieldMapping(look),
  ),
})

function step(
  operation: Step['operation'],
  covers: Step['covers'],
  expected: string,
  run: Step['run'],
): Step {
  return { operation, covers, expected, run }
}

async function authenticate({ account: { provider, context } }: Lookup): Promise<Seen> {
  const { name, details } = await provider.check(context)
  return seen([name, ...details].join('. '), 'the keys were accepted')
}

async function events(look: Lookup): Promise<Seen | Skipped> {
  const { provider, context } = look.account
  const wanted = look.event
  const walked = await walk(provider.events(context), pages => wanted === null && pages >= PAGES)
  look.found.events = walked.items
  if (walked.items.length === 0) return skipped('These keys see no event.')
  const undated = walked.items.filter(event => event.eventDate === null && event.startAt === null).length
  const dates = undated === 0 ? '' : `, ${undated} of them without a date`
  return seen(
    `${counted(walked.items.length, 'event')} in ${upTo(walked)}${dates}`,
    `${counted(walked.items.length, 'event')} read`,
  )
}

/** The event that was named, or those nearest to today. */
function candidates({ account, found, event }: Lookup): readonly SourceEvent[] | Skipped {
  if (event !== null) {
    const byId = found.events.filter(one => one.sourceEventId === event)
    const name = foldName(event)
    const named = found.events.filter(one =>
      [one.eventName, `${one.raceName ?? ''} ${one.eventName}`].some(text => foldName(text) === name),
    )
    const fit = byId.length > 0 ? byId : named
    if (fit.length === 1) return fit
    return skipped(
      fit.length === 0
        ? `Among ${counted(found.events.length, 'event')} there is no “${event}”.`
        : `${fit.length} events are named “${event}”: say its id, ${fit.map(one => one.sourceEventId).join(' or ')}.`,
    )
  }
  const now = account.context.clock()
  const away = ({ startAt, eventDate }: SourceEvent): number => {
    const at = startAt ?? (eventDate === null ? Number.NaN : Date.parse(eventDate))
    return Number.isNaN(at) ? Number.POSITIVE_INFINITY : Math.abs(at - now)
  }
  return found.events
    .toSorted((a, b) => (away(a) < away(b) ? -1 : away(a) > away(b) ? 1 : 0))
    .slice(0, EVENTS)
}

const NO_EVENT = skipped('There is no event to look at.')

async function participants(look: Lookup): Promise<Seen | Skipped> {
  const { provider, context } = look.account
  const { participants: part } = provider
  if (!part) return skipped('It gives no participants.')
  const events = candidates(look)
  if ('kind' in events) return events
  if (events.length === 0) return NO_EVENT
  for (const event of events) {
    const walked = await walk(part.pull(context, event, null))
    const { items } = walked
    if (items.length === 0) continue
    look.found.event = event
    look.found.people = items
    const unread = problems(items, part.normalize, 'a person')
    const words = `${counted(items.length, 'person', 'people')} of ${event.eventName} in ${upTo(walked)}`
    return seen(words, `${counted(items.length, 'person', 'people')} read`, unread)
  }
  look.found.event = events[0] ?? null
  return skipped(
    `Nobody is registered in ${events.map(event => event.eventName).join(', ')}. Name another event.`,
  )
}

/** Whom our own reading refuses, by reason. */
function problems(
  items: readonly Json[],
  normalize: (item: Json) => unknown,
  what: string,
): readonly Deviation[] {
  const reasons = new Map<string, number>()
  for (const item of items) {
    try {
      normalize(item)
    } catch (error) {
      if (!isAppError(error)) throw error
      reasons.set(error.message, (reasons.get(error.message) ?? 0) + 1)
    }
  }
  return [...reasons].map(([came, times]) => ({
    call: 'our reading',
    what,
    expected: 'can be read',
    came,
    times,
  }))
}

async function ensureEvent(look: Lookup): Promise<Seen | Skipped> {
  const { provider, context } = look.account
  if (!provider.entries) return skipped('It takes no entries.')
  // One that makes what it does not find is asked on request only.
  if (provider.cannot?.['create-event'] === undefined)
    return skipped(`${provider.name} makes an event that it does not have: this check makes none.`)
  const events = candidates(look)
  if ('kind' in events) return events
  const [event] = events
  if (event === undefined) return NO_EVENT
  const { eventName, raceName, eventDate } = event
  const race = await provider.entries.ensureEvent(context, {
    ...{ eventName, raceName, eventDate },
    onlyEvent: events.length === 1 && look.found.events.length === 1,
  })
  look.found.event = event
  look.found.race = race
  return seen(`entries of ${eventName} go to ${race.name} (${race.targetRaceId})`, `${race.name} was found`)
}

async function readBack(look: Lookup): Promise<Seen | Skipped> {
  const { provider, context } = look.account
  const { race } = look.found
  if (!provider.entries || race === null) return skipped('There is no race to read entries of.')
  const walked = await walk(provider.entries.readBack(context, race))
  look.found.entries = walked.items
  if (walked.items.length === 0) return skipped(`${race.name} has no entry yet.`)
  const ours = walked.items.filter(entry => isOurKey(entry.key)).length
  return seen(
    `${counted(walked.items.length, 'entry', 'entries')} of ${race.name} in ${upTo(walked)}, ${ours} with a key of ours`,
    ours === 0 ? null : `${counted(ours, 'entry', 'entries')} read back by our keys`,
  )
}

async function results(look: Lookup): Promise<Seen | Skipped> {
  const { provider, context } = look.account
  const { race } = look.found
  if (!provider.results || race === null) return skipped('There is no race to read results of.')
  const walked = await walk(provider.results.pull(context, race, null))
  if (walked.items.length === 0) return skipped(`${race.name} has no result yet.`)
  const unread = problems(walked.items, provider.results.normalize, 'a result')
  const words = `${counted(walked.items.length, 'result')} of ${race.name} in ${upTo(walked)}`
  return seen(words, `${counted(walked.items.length, 'result')} read`, unread)
}

function fieldMapping({ account: { provider }, found }: Lookup): Seen | Skipped {
  const rows: readonly Json[] =
    found.people.length > 0 ? found.people : found.entries.map(entry => ({ ...entry.values }))
  if (rows.length === 0) return skipped('Nobody came whose fields could be looked at.')
  const blank = provider.fields.filter(({ name }) => rows.every(row => textOf(valueAt(row, name)) === null))
  const filled = provider.fields.length - blank.length
  const words = `${filled} of ${provider.fields.length} fields are filled among ${counted(rows.length, 'person', 'people')}`
  const names = blank.map(({ name }) => name).join(', ')
  return seen(blank.length === 0 ? words : `${words}; nobody had ${names}`, null)
}

/** Results of a look at where they are published; nothing is sent. */
export async function lookAtPublished(look: Lookup): Promise<Seen | Skipped> {
  const { provider, context } = look.account
  const sending = provider.publication?.sending
  if (!sending) return skipped('No way is known to send it results.')
  const { event } = look.found
  if (event === null) return NO_EVENT
  const place = await sending.place(context, event, false)
  if (place === null) return seen(`${event.eventName} has no place for results yet; none was made`, null)
  const walked: Walked<PublishedResult> = await walk(sending.readBack(context, event, place))
  return seen(
    `looked only: ${counted(walked.items.length, 'result')} of ${event.eventName} in ${upTo(walked)}; nothing was sent`,
    null,
  )
}
