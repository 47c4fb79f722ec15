import { setImmediate as nextTurn } from 'node:timers/promises'
import type { RaceDay } from '../../api/race-day.ts'
import { AppError } from '../../core/errors.ts'
import { bibKey, chipKey, foldName } from '../../core/identity.ts'
import { NO_VALUES } from '../../core/model.ts'
import type { Json } from '../../core/runtime.ts'
import { isTimeZone } from '../../core/time.ts'
import { setBibChips } from '../../store/bib-chips.ts'
import { decide, takeBack } from '../../store/decisions.ts'
import { putRaceDay, setRaceDayEvents } from '../../store/events.ts'
import { gunOf } from '../../store/guns.ts'
import { newId } from '../../store/ids.ts'
import { findAny, findByBib, findByChip, readNamesOn, type Scope } from '../../store/lookup.ts'
import { addWalkUp } from '../../store/participants.ts'
import { rowsWhere } from '../../store/rows.ts'
import { changeStart } from '../../store/starts.ts'
import type { Row } from '../../store/tables.ts'
import { os } from '../door.ts'
import type { AppParts } from '../parts.ts'
import { raceDayById } from '../race-days.ts'
import { eventById, foundOf, matchesOf, matchOf, PARTICIPANT, participantOf } from './people.ts'

function raceDayShown(parts: AppParts, day: Row<'race_days'>): RaceDay {
  const { read } = parts.store
  const events = rowsWhere(
    read,
    'normalized_events',
    `id IN (SELECT normalized_event_id FROM race_day_events WHERE race_day_id = ? AND removed = 0)
     ORDER BY start_at IS NULL, start_at, event_name`,
    day.id,
  )
  const starts = rowsWhere(
    read,
    'starts',
    'normalized_event_id IN (SELECT normalized_event_id FROM race_day_events WHERE race_day_id = ? AND removed = 0)',
    day.id,
  )
  return {
    id: day.id,
    name: day.name,
    date: day.raceDate,
    timezone: day.timezone,
    events: events.map(event => ({
      id: event.id,
      eventName: event.eventName,
      raceName: event.raceName,
      sourceProvider: event.sourceProvider,
      startAt: event.startAt,
      participants: parts.entered.ofEvent(event.id),
    })),
    starts: [
      ...starts.map(({ normalizedEventId, wave, plannedAt, gunAt, correctedAt, decidedBy, reason }) => ({
        eventId: normalizedEventId,
        wave,
        plannedAt,
        gunAt: correctedAt === null ? gunOf(read, normalizedEventId, wave) : gunAt,
        correctedAt,
        decidedBy,
        reason,
      })),
      // Where nobody decided anything yet: the plan, and the gun that was read nearest to it.
      ...events
        .filter(event => !starts.some(start => start.normalizedEventId === event.id && start.wave === ''))
        .map(event => ({
          eventId: event.id,
          wave: '',
          plannedAt: event.startAt,
          gunAt: gunOf(read, event.id, null),
          correctedAt: null,
          decidedBy: null,
          reason: null,
        })),
    ],
  }
}

const zoned = (zone: string): string => {
  if (!isTimeZone(zone))
    throw new AppError('input.invalid', `timezone: "${zone}" is no zone like America/New_York.`)
  return zone
}

interface Asked {
  readonly raceDayId?: string | undefined
  readonly eventId?: string | undefined
}

export function raceDayProcedures(parts: AppParts) {
  const { store } = parts
  const { read } = store

  const dayById = (id: string): Row<'race_days'> => raceDayById(read, id)
  const scopeOf = ({ raceDayId, eventId }: Asked): Scope => {
    if (raceDayId !== undefined) dayById(raceDayId)
    if (eventId !== undefined) eventById(read, eventId)
    return { raceDayId: raceDayId ?? null, eventId: eventId ?? null }
  }
  /** Names that were not searched yet are read a piece at a time: as a whole they would hold the event loop. */
  const namesRead = async (scope: Scope, query: string, signal: AbortSignal | undefined): Promise<void> => {
    while (!signal?.aborted && readNamesOn(read, scope, query)) await nextTurn()
  }
  const mustExist = (eventIds: readonly string[]): void => {
    for (const id of eventIds) eventById(read, id)
  }

  return {
    unifiedEvents: os.raceDay.unifiedEvents.handler(({ input }) => {
      const events = rowsWhere(
        read,
        'normalized_events',
        `event_status = 'active' ORDER BY event_date DESC, start_at DESC, event_name LIMIT ?`,
        input.limit,
      ).map(event => ({
        id: event.id,
        eventName: event.eventName,
        raceName: event.raceName,
        sourceProvider: event.sourceProvider,
        sourceEventId: event.sourceEventId,
        eventDate: event.eventDate,
        startAt: event.startAt,
        timezone: event.timezone,
        raceDistance: event.raceDistance,
        locationCity: event.locationCity,
        locationState: event.locationState,
        eventStatus: event.eventStatus,
        participants: parts.entered.ofEvent(event.id),
        syncedAt: event.syncedAt,
      }))
      return { events, providers: [...new Set(events.map(event => event.sourceProvider))] }
    }),
    participants: os.raceDay.participants.handler(({ input }) => {
      eventById(read, input.eventId)
      const [name, person] = (input.after ?? '').split('\u0000')
      const rows = read.all<Record<string, unknown>>(
        `${PARTICIPANT} WHERE e.normalized_event_id = ?
           AND NOT (p.source_provider = 'by-hand' AND p.successor_id IS NOT NULL)
           AND (? IS NULL OR e.name_folded LIKE '%' || ? || '%' OR e.bib_key = ?)
           AND (? IS NULL OR e.participant_status = ? OR e.registration_status = ?)
           AND (e.name_folded, e.participant_id) > (?, ?)
         ORDER BY e.name_folded, e.participant_id LIMIT ?`,
        input.eventId,
        input.q ?? null,
        input.q === undefined ? null : foldName(input.q),
        input.q === undefined ? null : bibKey(input.q),
        input.status ?? null,
        input.status ?? null,
        input.status ?? null,
        name ?? '',
        person ?? '',
        input.limit,
      )
      const last = rows.at(-1)
      const next =
        rows.length < input.limit || !last ? null : `${last.name_folded}\u0000${last.participant_id}`
      return { participants: rows.map(participantOf), next }
    }),
    lookup: os.raceDay.lookup.handler(async ({ input, signal }) => {
      const scope = scopeOf(input)
      const { bib, chip, q, limit } = input
      if (bib === undefined && chip === undefined && q === undefined) {
        throw new AppError('input.invalid', 'One of bib, chip or q is needed.')
      }
      if (bib === undefined && chip === undefined) await namesRead(scope, q ?? '', signal)
      const ids =
        bib !== undefined
          ? findByBib(read, scope, bib, limit)
          : chip !== undefined
            ? findByChip(read, scope, chip, limit)
            : findAny(read, scope, q ?? '', limit)
      return { matches: matchesOf(read, ids, parts.raceFacts) }
    }),
    search: os.raceDay.search.handler(async ({ input, signal }) => {
      // What the next key has taken back by now is not searched.
      await nextTurn()
      const scope = scopeOf(input)
      await namesRead(scope, input.q, signal)
      if (signal?.aborted) return { people: [], best: null }
      const people = foundOf(read, findAny(read, scope, input.q, input.limit))
      const wearers = people.filter(({ bibNumber }) => bibNumber === input.q.trim())
      const best = wearers.length === 1 ? wearers[0] : people[0]
      return { people, best: best === undefined ? null : matchOf(read, best.id, parts.raceFacts) }
    }),
    participant: os.raceDay.participant.handler(({ input }) => matchOf(read, input.id, parts.raceFacts)),
    addWalkUp: os.raceDay.addWalkUp.handler(async ({ input, context }) => {
      const event = eventById(read, input.eventId)
      const id = newId()
      await store.writeForced(writer => {
        addWalkUp(writer, event, id, {
          sourceParticipantId: id,
          sourceVersion: null,
          successorId: null,
          values: {
            ...NO_VALUES,
            first_name: input.firstName,
            last_name: input.lastName,
            bib_number: input.bibNumber ?? null,
            chips: input.chip === undefined ? [] : [chipKey(input.chip)],
            gender: input.gender ?? null,
            date_of_birth: input.dateOfBirth ?? null,
            email: input.email ?? null,
            phone: input.phone ?? null,
            city: input.city ?? null,
            state: input.state ?? null,
          },
        })
      }, context.who.name)
      return matchOf(read, id, parts.raceFacts)
    }),
    decide: os.raceDay.decide.handler(async ({ input, context }) => {
      await store.writeForced(
        writer => decide(writer, input.id, input.field, (input.value ?? null) as Json, input.reason ?? null),
        context.who.name,
      )
      return matchOf(read, input.id, parts.raceFacts)
    }),
    takeBack: os.raceDay.takeBack.handler(async ({ input, context }) => {
      await store.writeForced(writer => takeBack(writer, input.id, input.field), context.who.name)
      return matchOf(read, input.id, parts.raceFacts)
    }),
    raceDays: os.raceDay.raceDays.handler(() => ({
      raceDays: rowsWhere(read, 'race_days', '1 ORDER BY race_date DESC, name, id').map(day =>
        raceDayShown(parts, day),
      ),
    })),
    addRaceDay: os.raceDay.addRaceDay.handler(async ({ input, context }) => {
      mustExist(input.eventIds)
      const zone =
        input.timezone ?? input.eventIds.map(id => eventById(read, id).timezone).find(Boolean) ?? 'UTC'
      const day = { id: newId(), name: input.name, raceDate: input.date, timezone: zoned(zone) }
      await store.writeForced(writer => {
        putRaceDay(writer, day)
        setRaceDayEvents(writer, day.id, input.eventIds)
      }, context.who.name)
      return raceDayShown(parts, dayById(day.id))
    }),
    updateRaceDay: os.raceDay.updateRaceDay.handler(async ({ input, context }) => {
      const before = dayById(input.id)
      mustExist([...(input.eventIds ?? []), ...(input.starts ?? []).map(start => start.eventId)])
      await store.writeForced(writer => {
        if (input.name !== undefined || input.date !== undefined) {
          const { id, timezone } = before
          putRaceDay(writer, {
            id,
            timezone,
            name: input.name ?? before.name,
            raceDate: input.date ?? before.raceDate,
          })
        }
        if (input.eventIds !== undefined) setRaceDayEvents(writer, input.id, input.eventIds)
        for (const start of input.starts ?? []) changeStart(writer, start)
      }, context.who.name)
      return raceDayShown(parts, dayById(input.id))
    }),
    bibChips: os.raceDay.bibChips.handler(async ({ input, context }) => {
      dayById(input.id)
      const kept = await store.writeForced(
        writer => setBibChips(writer, input.id, input.bibChips),
        context.who.name,
      )
      return { kept: kept.added.length, moved: kept.moved.length }
    }),
    counts: os.raceDay.counts.handler(({ input }) => parts.counts(dayById(input.id).id)),
  }
}
