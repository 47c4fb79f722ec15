import type { Places } from '../../api/places.ts'
import { AppError } from '../../core/errors.ts'
import { setLocationRule } from '../../store/locations.ts'
import { rowsWhere, rowWhere } from '../../store/rows.ts'
import { BIN_MS } from '../../timing/read-tally.ts'
import { os } from '../door.ts'
import type { AppParts } from '../parts.ts'
import { turnsOf } from '../readers/box-turns.ts'

export function placesProcedures({ store, count }: AppParts) {
  const { read } = store

  const sessionById = (id: string) => {
    const session = rowWhere(read, 'timing_sessions', 'id = ?', id)
    if (session === null) throw new AppError('not-found', `There is no timing session ${id}.`)
    return session
  }
  const locationById = (id: string) => {
    const location = rowWhere(read, 'timing_locations', 'id = ?', id)
    if (location === null) throw new AppError('not-found', `There is no location ${id}.`)
    return location
  }
  const spanById = (id: string) => {
    const span = rowWhere(read, 'location_rules', 'id = ? AND removed = 0', id)
    if (span === null) throw new AppError('not-found', `There is no span ${id}.`)
    return span
  }

  async function shown(sessionId: string): Promise<Places> {
    const session = sessionById(sessionId)
    const { devices, words } = await count('places', sessionId)
    const spans = rowsWhere(
      read,
      'location_rules',
      'session_id = ? AND removed = 0 ORDER BY from_at',
      sessionId,
    )
    const silent = new Set(spans.map(span => span.device))
    for (const { device } of devices) silent.delete(device)
    const none = { reads: 0, firstAt: null, lastAt: null, named: [], bins: [] }
    const all = [...devices, ...[...silent].map(device => ({ device, ...none }))]
    return {
      timezone: session.timezone,
      binMs: BIN_MS,
      locations: rowsWhere(read, 'timing_locations', 'session_id = ? ORDER BY location_name', sessionId).map(
        ({ id, locationName }) => ({ id, locationName }),
      ),
      boxes: all
        .sort((a, b) => a.device.localeCompare(b.device))
        .map(box => ({
          ...box,
          named: [...box.named],
          bins: [...box.bins],
          spans: spans
            .filter(span => span.device === box.device)
            .map(({ id, locationId, fromAt, toAt }) => ({ id, locationId, fromAt, toAt })),
          turns: [...turnsOf(box, words, BIN_MS)],
        })),
    }
  }

  return {
    list: os.places.list.handler(({ input }) => shown(input.id)),
    place: os.places.place.handler(async ({ input, context }) => {
      const { id: sessionId, spanId, ...decision } = input
      sessionById(sessionId)
      if (locationById(decision.locationId).sessionId !== sessionId)
        throw new AppError('input.invalid', 'This location is of another session.')
      if (spanId !== undefined && spanById(spanId).sessionId !== sessionId)
        throw new AppError('input.invalid', 'This span is of another session.')
      const { fromAt, toAt } = decision
      if (fromAt !== null && toAt !== null && toAt <= fromAt)
        throw new AppError('input.invalid', 'It cannot end before it began.')
      await store.writeForced(
        writer =>
          setLocationRule(writer, {
            ...decision,
            sessionId,
            ...(spanId === undefined ? {} : { id: spanId }),
          }),
        context.who.name,
      )
      return shown(sessionId)
    }),
    removeSpan: os.places.removeSpan.handler(async ({ input, context }) => {
      const { sessionId, device, locationId, fromAt, toAt, id } = spanById(input.spanId)
      const span = { id, sessionId, device, locationId, fromAt, toAt }
      await store.writeForced(writer => setLocationRule(writer, { ...span, removed: true }), context.who.name)
      return shown(sessionId)
    }),
  }
}
