import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import { valueAt } from '../../core/mapping.ts'
import type { Json } from '../../core/runtime.ts'
import type { Cursor, EventRef, Page, ProviderContext } from '../provider.ts'
import { fetchEvent, slicesOf } from './client.ts'
import { subEventsNamed, WHOLE_EVENT } from './normalize.ts'
import { placeWire, START, walk } from './walk.ts'
import { participantKeyWire } from './wire.ts'

/** Where the walk stands, and whether any participant named a sub-event so far. */
const cursorWire = z.object({ place: placeWire, named: z.boolean() })

/**
 * Everybody of a sub-event. Race Roster is not known to say who changed, and has one list for all sub-events of an
 * event: each fetch walks it whole. A cursor of its middle goes on there; the last page has none.
 */
export async function* pullParticipants(
  context: ProviderContext,
  event: EventRef,
  from: Cursor | null,
): AsyncGenerator<Page<Json>> {
  const eventId = eventOf(context, event)
  const wanted = event.sourceEventId
  const field = context.settings.sub_event_field?.trim() || null
  const slice = slicesOf(context, `/events/${encodeURIComponent(eventId)}/participants`)
  const position = cursorWire.safeParse(from)
  let { place, named } = position.success ? position.data : { place: START, named: false }
  let alone: boolean | null = wanted.startsWith(WHOLE_EVENT) ? true : null

  for await (const step of walk({ slice, idOf }, place)) {
    const rows = step.rows.map(row => ({ row, subEvents: subEventsNamed(row, fieldIn(row, field)) }))
    named ||= rows.some(({ subEvents }) => subEvents.length > 0)
    // Who names no sub-event runs the only one there is; among several he is told as one who cannot be placed.
    if (alone === null && rows.some(({ subEvents }) => subEvents.length === 0))
      alone = (await fetchEvent(context, eventId)).wire.subEvents.length === 1
    const items = rows.flatMap(({ row, subEvents }) => {
      if (subEvents.includes(wanted)) return [placed(row, wanted)]
      if (wanted.startsWith(WHOLE_EVENT)) return [placed(row, subEvents[0] ?? wanted)]
      if (subEvents.length > 0) return []
      return alone ? [placed(row, wanted)] : named ? [row] : []
    })
    if (step.place !== null) {
      place = step.place
      yield { items, cursor: { place, named }, complete: false }
    } else {
      if (!named && alone === false) throw nobodyPlaced(eventId)
      yield { items, cursor: null, complete: true }
    }
  }
}

const idOf = (row: Json): string | null => participantKeyWire.safeParse(row).data?.participantId ?? null

const fieldIn = (row: Json, field: string | null): Json | null =>
  field === null ? null : valueAt(row, field)

/** Every item tells its sub-event by one name, for whoever reads it without knowing where it came from. */
function placed(row: Json, subEventId: string): Json {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) return row
  return { ...row, subEventId }
}

function eventOf(context: ProviderContext, event: EventRef): string {
  const id = event.sourceRaceId ?? context.settings.event_id?.trim()
  if (id) return id
  throw new AppError(
    'input.invalid',
    `Race Roster sub-event ${event.sourceEventId} is not known with its event: fetch the events again`,
  )
}

const nobodyPlaced = (eventId: string): AppError =>
  new AppError(
    'provider.unreadable',
    `No participant of Race Roster event ${eventId} names a sub-event where we look for it. Put the name of that field into "Sub-event field" of the connection.`,
  )
