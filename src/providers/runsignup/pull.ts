import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import type { Json, JsonObject } from '../../core/runtime.ts'
import { madeWhenAsked } from '../json-rows.ts'
import type { Cursor, EventRef, Page, ProviderContext } from '../provider.ts'
import { fetchRows, type Rows } from './client.ts'

/**
 * participants → removed → done. `since` and `nextSince` are unix seconds: where this fetch began to look (null: at the
 * beginning of all) and where the next one shall. Every page carries both, so a fetch goes on from any of them.
 */
const cursorWire = z.union([
  z.object({
    phase: z.literal('participants'),
    afterId: z.number(),
    since: z.number().nullable(),
    nextSince: z.number(),
  }),
  z.object({
    phase: z.literal('removed'),
    page: z.number(),
    lastId: z.number().nullable(),
    since: z.number().nullable(),
    nextSince: z.number().nullable(),
  }),
  z.object({ phase: z.literal('done'), nextSince: z.number() }),
])
type Position = z.infer<typeof cursorWire> | { readonly phase: 'start' }

/** RunSignUp advises this overlap: its timestamp is inclusive, and rows may appear a little late. */
const OVERLAP_S = 10

/**
 * A shorter page is the last one. A full page may be shorter than what we ask for, since a server may cap it without a
 * word; but none caps below its own default of 50. Longer ones are followed by another call, until nothing comes.
 */
const SURELY_LAST = 50

/** Everybody, or what changed since a complete page's cursor: first who is in, then who left. */
export async function* pullParticipants(
  context: ProviderContext,
  event: EventRef,
  from: Cursor | null,
): AsyncGenerator<Page<Json>> {
  const target = { raceId: raceOf(context, event), eventId: event.sourceEventId }
  let at = positionOf(from)
  let since = at.phase === 'participants' || at.phase === 'removed' ? at.since : null
  if (at.phase === 'done') since = at.nextSince
  let nextSince = at.phase === 'start' || at.phase === 'done' ? null : at.nextSince

  if (at.phase !== 'removed') {
    let afterId = at.phase === 'participants' ? at.afterId : 0
    for (let last = false; !last; ) {
      const answer = await fetchRows(context, 'participants', target, {
        ...INCLUDE,
        ...sinceQuery(since),
        ...(afterId === 0 ? {} : { after_registration_id: String(afterId) }),
      })
      nextSince ??= Math.floor(answer.askedAt / 1000) - OVERLAP_S
      last = isLast(answer, afterId)
      if (last && answer.rows.length === 0) break
      afterId = Math.max(afterId, ...newest(answer))
      const cursor: Cursor = last
        ? { phase: 'removed', page: 1, lastId: null, since, nextSince }
        : { phase: 'participants', afterId, since, nextSince }
      const { rows: items, keys, letGo } = answer
      yield { items, keys, letGo, cursor, complete: false }
    }
    at = { phase: 'removed', page: 1, lastId: null, since, nextSince }
  }

  let { page, lastId } = at
  for (let last = false; !last; page++) {
    const answer = await fetchRows(context, 'removed-participants', target, {
      ...sinceQuery(since),
      page: String(page),
    })
    nextSince ??= Math.floor(answer.askedAt / 1000) - OVERLAP_S
    const [newestId = null] = newest(answer)
    // A server asked beyond its end may answer its last page again.
    last = answer.received < SURELY_LAST || newestId === null || newestId === lastId
    lastId = newestId
    const cursor: Cursor = last
      ? { phase: 'done', nextSince }
      : { phase: 'removed', page: page + 1, lastId, since, nextSince }
    const { rows, keys, letGo } = answer
    const items = madeWhenAsked(rows.length, at => removed(rows[at] ?? null))
    yield { items, keys, letGo, cursor, complete: last }
  }
}

function isLast(answer: Rows, afterId: number): boolean {
  if (answer.received < SURELY_LAST) return true
  if (answer.rows.length === 0) return true
  const [newestId = 0] = newest(answer)
  // A full page without anybody new: RunSignUp did not go on where it was asked to. To call that everybody would
  // declare gone whoever comes after.
  if (newestId <= afterId) throw stuck('the same page again')
  const ids = idsOf(answer)
  if (ids.some((id, index) => id < (ids[index - 1] ?? 0))) throw stuck('rows in no order')
  return false
}

const stuck = (what: string): AppError =>
  new AppError(
    'provider.unreadable',
    `RunSignUp answered ${what}: the list of participants cannot be walked safely`,
  )

/** Numeric registration ids, in the order received. */
const idsOf = ({ keys }: Rows): readonly number[] =>
  keys
    .filter(key => key !== '')
    .map(Number)
    .filter(Number.isFinite)

/** The highest registration id of a page, if it has any. */
const newest = (answer: Rows): readonly number[] => {
  const id = idsOf(answer).reduce((highest, one) => Math.max(highest, one), 0)
  return id === 0 ? [] : [id]
}

/** Removed rows are known by their reason; one that lost it is still removed. */
function removed(row: Json): Json {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) return row
  const named = row as JsonObject
  return named.removed_reason ? named : { ...named, removed_reason: 'removed' }
}

const INCLUDE = {
  include_questions: 'T',
  include_corrals: 'T',
  include_checkin_data: 'T',
} as const

const sinceQuery = (since: number | null): Readonly<Record<string, string>> =>
  since === null ? {} : { modified_after_timestamp: String(since) }

/** A cursor nobody can read any more costs a full fetch, not people. */
function positionOf(cursor: Cursor | null): Position {
  const read = cursorWire.safeParse(cursor)
  return read.success ? read.data : { phase: 'start' }
}

function raceOf(context: ProviderContext, event: EventRef): string {
  const race = event.sourceRaceId ?? context.settings.race_id
  if (race) return race
  throw new AppError(
    'input.invalid',
    `RunSignUp event ${event.sourceEventId} is not known with its race: fetch the events again`,
  )
}
