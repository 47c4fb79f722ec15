import type { SourceParticipant } from '../../../src/core/model.ts'
import type { Json } from '../../../src/core/runtime.ts'
import type { Operation } from '../../../src/core/settings.ts'
import type { Cursor, Page, Provider, ProviderContext, PushOutcome } from '../../../src/providers/provider.ts'
import type { People, Places, Publishing, Rows, Scored, Site } from './site.ts'

/** What came of an operation until it ended. Pages are those of a list. */
export interface Outcome {
  /** Keys of the records it brought or wrote. */
  readonly keys: string[]
  /** What it says, as ours, without what it was read from. */
  readonly said: unknown[]
  /** Items as received, of those that hand them on. */
  readonly raw: Json[]
  readonly completes: boolean[]
  cursor: Cursor | null
}

export interface Driven {
  readonly name: string
  /** The operation whose evidence covers it. */
  readonly evidence: Operation
  /** Lists say when they are complete. */
  readonly list: boolean
  /** Pushing twice is another thing than pushing once. */
  readonly writes: boolean
  /** Fills the outcome as it goes, so that it is there after a failure. */
  run(site: Site, context: ProviderContext, outcome: Outcome, afterPage?: AfterPage): Promise<void>
  /** What a whole run brings. */
  keys(site: Site): readonly string[] | null
  /** It makes all its calls before its first page. */
  readonly gathers?: boolean
  /** Where somebody at the other side may work while a list is walked. */
  rows?(site: Site): Rows
}

export const nothing = (cursor: Cursor | null = null): Outcome => ({
  keys: [],
  said: [],
  raw: [],
  completes: [],
  cursor,
})

export const peopleOf = (site: Site): People => given(site.people, 'people', site)
const placesOf = (site: Site): Places => given(site.places, 'places', site)
const scoredOf = (site: Site): Scored => given(site.scored, 'scored results', site)
const publishingOf = (site: Site): Publishing => given(site.publishing, 'publishing', site)

function given<T>(part: T | undefined, what: string, site: Site): T {
  if (part === undefined) throw new Error(`the site of ${site.provider.id} has no ${what}`)
  return part
}

/** The other side may work after each page, counted from 0. */
type AfterPage = (page: number) => void

async function pages<T>(
  outcome: Outcome,
  source: AsyncIterable<Page<T>>,
  afterPage: AfterPage | undefined,
  each: (item: T) => void,
): Promise<void> {
  let number = 0
  for await (const page of source) {
    for (const item of page.items) each(item)
    outcome.completes.push(page.complete)
    outcome.cursor = page.cursor
    afterPage?.(number++)
  }
}

/** Brings participants from the outcome's cursor on. */
export async function pullInto(
  site: Site,
  context: ProviderContext,
  outcome: Outcome,
  afterPage?: AfterPage,
): Promise<void> {
  const { participants } = site.provider
  if (!participants) throw new Error(`${site.provider.id} has no participants`)
  const source = participants.pull(context, peopleOf(site).event, outcome.cursor)
  await pages(outcome, source, afterPage, item => {
    const person: SourceParticipant = participants.normalize(item)
    outcome.raw.push(item)
    outcome.said.push(person)
    if (person.values.registration_status === 'registered') outcome.keys.push(person.sourceParticipantId)
  })
}

const check: Driven = {
  name: 'check',
  evidence: 'check',
  list: false,
  writes: false,
  async run(site, context, outcome) {
    outcome.said.push(await site.provider.check(context))
  },
  keys: () => null,
}

const events: Driven = {
  name: 'events',
  evidence: 'events',
  list: true,
  writes: false,
  run: (site, context, outcome, afterPage) =>
    pages(outcome, site.provider.events(context), afterPage, ({ raw, ...event }) => {
      outcome.keys.push(event.sourceEventId)
      outcome.raw.push(raw)
      outcome.said.push(event)
    }),
  keys: () => null,
}

const participants: Driven = {
  name: 'participants',
  evidence: 'participants',
  list: true,
  writes: false,
  run: pullInto,
  keys: site => peopleOf(site).keys(),
  rows: peopleOf,
}

const ensureEvent: Driven = {
  name: 'ensure-event',
  evidence: 'ensure-event',
  list: false,
  writes: false,
  async run(site, context, outcome) {
    outcome.said.push(await site.provider.entries?.ensureEvent(context, placesOf(site).wanted))
  },
  keys: () => null,
}

/** More than are ever on the way together. */
const PUSHED = Array.from({ length: 10 }, (_, index) => `pushed-${index}`)

const push: Driven = {
  name: 'push',
  evidence: 'push',
  list: false,
  writes: true,
  async run(site, context, outcome) {
    const { target, values } = placesOf(site)
    const batch = PUSHED.map(key => ({ key, entryId: null, raceId: target.targetRaceId, values }))
    await site.provider.entries?.push(context, target, batch, (one: PushOutcome) => {
      if (one.ok) outcome.keys.push(one.key)
    })
  },
  keys: () => PUSHED,
}

const readBack: Driven = {
  name: 'read-back',
  evidence: 'read-back',
  list: true,
  writes: false,
  async run(site, context, outcome, afterPage) {
    const source = site.provider.entries?.readBack(context, placesOf(site).target)
    if (source)
      await pages(outcome, source, afterPage, entry => {
        outcome.said.push(entry)
        if (entry.key !== null) outcome.keys.push(entry.key)
      })
  },
  keys: site => placesOf(site).keys(),
  rows: placesOf,
}

const results: Driven = {
  name: 'results',
  evidence: 'results',
  list: true,
  gathers: true,
  writes: false,
  async run(site, context, outcome, afterPage) {
    const found = site.provider.results
    if (!found) throw new Error(`${site.provider.id} gives no results`)
    await pages(outcome, found.pull(context, scoredOf(site).target, null), afterPage, item => {
      const result = found.normalize(item)
      outcome.raw.push(item)
      outcome.said.push(result)
      // Without its place it is half lost.
      if (result.overallPlace !== null) outcome.keys.push(result.sourceResultId)
    })
  },
  keys: site => scoredOf(site).keys(),
  rows: scoredOf,
}

const sendingOf = ({ provider }: Site) => {
  const sending = provider.publication?.sending
  if (!sending) throw new Error(`${provider.id} takes no results`)
  return sending
}

/** Where they stand is asked, a place is made where there is none, and they are sent. */
const publish: Driven = {
  name: 'publish',
  evidence: 'publish',
  list: false,
  writes: true,
  async run(site, context, outcome) {
    const { event, rows } = publishingOf(site)
    const place = await sendingOf(site).place(context, event, true)
    if (place === null) throw new Error(`${site.provider.id} made no place for results`)
    for (const one of await sendingOf(site).publish(context, event, place, rows))
      if (one.ok) outcome.keys.push(one.key)
  },
  keys: site => publishingOf(site).rows.map(({ key }) => key),
}

const published: Driven = {
  name: 'published',
  evidence: 'publish',
  list: true,
  writes: false,
  async run(site, context, outcome, afterPage) {
    const { event } = publishingOf(site).held
    const place = await sendingOf(site).place(context, event, false)
    if (place === null) throw new Error(`the site of ${site.provider.id} has no published results`)
    await pages(outcome, sendingOf(site).readBack(context, event, place), afterPage, one => {
      outcome.said.push(one)
      outcome.keys.push(one.resultId)
    })
  },
  keys: site => publishingOf(site).held.keys(),
  rows: site => publishingOf(site).held,
}

/** Everybody of the first ten gets another bib. */
const writeBack: Driven = {
  name: 'write-back',
  evidence: 'write-back',
  list: false,
  writes: true,
  async run(site, context, outcome) {
    const { event, keys } = peopleOf(site)
    const batch = keys()
      .slice(0, 10)
      .map((sourceParticipantId, index) => ({
        sourceParticipantId,
        bib: String(9001 + index),
        chip: `C${index}`,
      }))
    for (const one of (await site.provider.writeBack?.write(context, event, batch)) ?? [])
      if (one.ok) outcome.keys.push(one.sourceParticipantId)
  },
  keys: site => peopleOf(site).keys().slice(0, 10),
}

/** Every operation that makes calls; a provider's own are those it has. */
export const operationsOf = (provider: Provider): readonly Driven[] => [
  check,
  events,
  ...(provider.participants ? [participants] : []),
  ...(provider.entries ? [ensureEvent, push, readBack] : []),
  ...(provider.results ? [results] : []),
  ...(provider.writeBack ? [writeBack] : []),
  ...(provider.publication?.sending ? [publish, published] : []),
]
