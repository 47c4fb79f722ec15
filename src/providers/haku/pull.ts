import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import type { Json } from '../../core/runtime.ts'
import type { Cursor, EventRef, Page, ProviderContext } from '../provider.ts'
import { elsewhere, namedCategories } from './categories.ts'
import { fetchRegistration, registrationPage, samePage } from './client.ts'
import { missing, placed } from './normalize.ts'
import { beginPass, type List, type Pass, passWire, readOn } from './walk.ts'
import { changedAt, registrationWire } from './wire.ts'

/** In the middle of a pass, or after all of them. */
const cursorWire = z.union([passWire, z.object({ kind: z.literal('since'), floor: z.number() })])

/** People of a page: a laptop that loses its power has paid for two such pages in vain at most. */
const DETAILS_A_PAGE = 10

/** Changes that are stored later than they are dated, as in a bulk edit, are looked for once more so long after. */
const OVERLAP_MS = 60_000

/**
 * One call a person, and no second one for who did not change: hours for a large event, cut anywhere.
 * INFERRED: that the list is in the order it is asked in, last changed first. Nothing else says who changed, so whoever did
 * stands above the first one who did not, and there a fetch ends. Who is edited while a pass goes on moves to the front,
 * behind it: one more pass follows from there, until one needed a single page of the list. Nobody slips past that.
 */
export async function* pullParticipants(
  context: ProviderContext,
  event: EventRef,
  from: Cursor | null,
): AsyncGenerator<Page<Json>> {
  const { eventId, category } = eventOf(event)
  const categories = namedCategories(context)
  const list: List = {
    async page(number) {
      const { rows, at } = await registrationPage(context, eventId, number)
      const byId = new Map(
        rows.map(row => [
          row.registration_number,
          { id: row.registration_number, elsewhere: elsewhere(row, category, categories) },
        ]),
      )
      return { rows: [...byId.values()], at }
    },
    async changedAt(id) {
      return changeOf(await fetchRegistration(context, eventId, id))
    },
    samePage() {
      throw samePage(`/events/${eventId}/participants`)
    },
  }
  /** Null: it was taken out since the list was read. */
  const detail = async (id: string, page: number): Promise<Json> => {
    const found = await fetchRegistration(context, eventId, id)
    if (found !== null) return found
    const { rows } = await list.page(page)
    return rows.some(row => row.id === id) ? missing(id) : null
  }

  const begun = cursorWire.safeParse(from)
  let at = begun.success ? resume(begun.data) : beginPass(null, null)
  for (;;) {
    const next = at.todo.length > 0 ? at : await readOn(list, at)
    const asked = next === null ? nothingMore(at) : await ask(next, detail)
    const items = asked.items.flatMap(item => placed(item, category, categories))
    const end = asked.over ? endOf(asked.at) : asked.at
    switch (end.kind) {
      case 'complete':
        yield { items, cursor: end.cursor, complete: true }
        return
      case 'undated':
        yield { items, cursor: null, complete: false }
        throw undated()
      case 'pass':
        at = end
        yield { items, cursor: at, complete: false }
    }
    if (asked.trouble !== null) throw asked.trouble.error
  }
}

interface Asked {
  readonly items: readonly Json[]
  readonly at: Pass
  /** Somebody was met who has not changed since the floor, or nobody is left. */
  readonly over: boolean
  /** What kept the rest from coming. What came is handed on first: nobody is asked for twice. */
  readonly trouble: { readonly error: unknown } | null
}

const nothingMore = (at: Pass): Asked => ({
  items: [],
  at: { ...at, reads: at.reads + 1 },
  over: true,
  trouble: null,
})

async function ask(from: Pass, detail: (id: string, page: number) => Promise<Json>): Promise<Asked> {
  const items: Json[] = []
  let at = from
  for (const id of from.todo.slice(0, DETAILS_A_PAGE)) {
    let item: Json
    try {
      item = await detail(id, at.page)
    } catch (error) {
      if (items.length === 0) throw error
      return { items, at, over: false, trouble: { error } }
    }
    const changed = changeOf(item)
    at = {
      ...at,
      todo: at.todo.slice(1),
      mark: at.mark ?? changed,
      low: changed ?? at.low,
      brought: at.brought || item !== null,
    }
    if (at.floor !== null && changed !== null && changed <= at.floor)
      return { items, at, over: true, trouble: null }
    if (item !== null) items.push(item)
  }
  return { items, at, over: false, trouble: null }
}

const changeOf = (item: Json): number | null => {
  const read = registrationWire.safeParse(item)
  return read.success ? changedAt(read.data) : null
}

type End =
  | Pass
  | { readonly kind: 'complete'; readonly cursor: Cursor | null }
  /** No registration says when it was changed: what moved meanwhile cannot be told. */
  | { readonly kind: 'undated' }

/** What follows a pass: one more from the front, or nothing if this one needed a single page of the list. */
function endOf({ floor, since, mark, reads, at, brought }: Pass): End {
  if (reads > 1) {
    // Edited between the list and its details: others may have been edited before it, and be in no list yet.
    const isLater = mark !== null && at !== null && mark > at && mark - at < OVERLAP_MS
    const next = isLater ? at : (mark ?? floor)
    return next === null && brought ? { kind: 'undated' } : beginPass(next, since)
  }
  const settled = mark === null ? since : Math.max(since ?? 0, Math.min(mark, (at ?? mark) - OVERLAP_MS))
  return { kind: 'complete', cursor: settled === null ? null : { kind: 'since', floor: settled } }
}

const resume = (cursor: z.infer<typeof cursorWire>): Pass =>
  cursor.kind === 'pass' ? cursor : beginPass(cursor.floor, cursor.floor)

const undated = (): AppError =>
  new AppError(
    'provider.unreadable',
    'Haku says of no registration when it was changed: who changed meanwhile cannot be told. What was read is kept; nobody is called gone',
  )

/** An event, or one category of it as `normalizeEvents` names it. */
function eventOf({ sourceEventId, sourceRaceId }: EventRef): {
  readonly eventId: string
  readonly category: string | null
} {
  const eventId = sourceRaceId ?? sourceEventId
  if (sourceEventId === eventId) return { eventId, category: null }
  return { eventId, category: sourceEventId.slice(eventId.length + 1) }
}
