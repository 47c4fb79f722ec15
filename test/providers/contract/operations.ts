import type { SourceParticipant } from '../../../src/core/model.ts'
import type { Json } from '../../../src/core/runtime.ts'
import type { Cursor, Page, Provider, ProviderContext, PushOutcome } from '../../../src/providers/provider.ts'
import type { People, Places, Site } from './site.ts'

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
  /** Lists say when they are complete. */
  readonly list: boolean
  /** Pushing twice is another thing than pushing once. */
  readonly writes: boolean
  /** Fills the outcome as it goes, so that it is there after a failure. */
  run(site: Site, context: ProviderContext, outcome: Outcome, afterPage?: AfterPage): Promise<void>
  /** What a whole run brings. */
  keys(site: Site): readonly string[] | null
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
  list: false,
  writes: false,
  async run(site, context, outcome) {
    outcome.said.push(await site.provider.check(context))
  },
  keys: () => null,
}

const events: Driven = {
  name: 'events',
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
  list: true,
  writes: false,
  run: pullInto,
  keys: site => peopleOf(site).keys(),
}

const ensureEvent: Driven = {
  name: 'ensure-event',
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
}

/** Every operation that makes calls; a provider's own are those it has. */
export const operationsOf = (provider: Provider): readonly Driven[] => [
  check,
  events,
  ...(provider.participants ? [participants] : []),
  ...(provider.entries ? [ensureEvent, push, readBack] : []),
]
