import type { GunShown, StartShown } from '../../api/starts.ts'
import { AppError } from '../../core/errors.ts'
import { startOf, startWindow } from '../../store/guns.ts'
import { idOf, newId } from '../../store/ids.ts'
import { journal } from '../../store/reads.ts'
import { rowWhere } from '../../store/rows.ts'
import {
  changeStart,
  gunByHand,
  gunsOfDay,
  type StartPlace,
  setStartWindow,
  startPlaces,
  takeBackStart,
} from '../../store/starts.ts'
import { os } from '../door.ts'
import type { AppParts } from '../parts.ts'
import { raceDayById, sessionOfDay } from '../race-days.ts'

export function startsProcedures(parts: AppParts) {
  const { store, config } = parts
  const { read } = store

  const startShown = (place: StartPlace): StartShown => {
    const { eventId, wave, eventName, people, eventStartAt } = place
    const row = rowWhere(read, 'starts', 'id = ?', idOf('starts', eventId, wave))
    const { at, from, readId } = startOf(read, eventId, wave)
    return {
      ...{ eventId, eventName, wave, people },
      plannedAt: row?.plannedAt ?? (wave === '' ? eventStartAt : null),
      ...{ at, found: from, gunReadId: readId },
      correctedAt: row?.correctedAt ?? null,
      decidedBy: row?.decidedBy ?? null,
      decidedAt: row?.updatedAt ?? null,
      reason: row?.reason ?? null,
    }
  }
  const dayShown = (id: string) => ({
    starts: startPlaces(read, raceDayById(read, id).id).map(startShown),
    guns: gunsOfDay(read, id).map((gun): GunShown => ({ ...gun })),
    startWindowMs: startWindow(read),
  })
  const mustBeOf = (raceDayId: string, eventId: string): void => {
    const held = read.get(
      'SELECT 1 FROM race_day_events WHERE race_day_id = ? AND normalized_event_id = ? AND removed = 0',
      raceDayId,
      eventId,
    )
    if (held === undefined) throw new AppError('not-found', `This race day has no event ${eventId}.`)
  }
  const mustBeGunOf = (raceDayId: string, readId: number | null | undefined): void => {
    if (readId == null || gunsOfDay(read, raceDayId).some(gun => gun.id === readId)) return
    throw new AppError('not-found', `Read ${readId} is no gun of this race day.`)
  }

  return {
    list: os.starts.list.handler(({ input }) => dayShown(input.id)),
    decide: os.starts.decide.handler(async ({ input, context }) => {
      const { id, ...change } = input
      mustBeOf(raceDayById(read, id).id, change.eventId)
      mustBeGunOf(id, change.gunReadId)
      await store.writeForced(writer => changeStart(writer, change), context.who.name)
      return dayShown(id)
    }),
    takeBack: os.starts.takeBack.handler(async ({ input, context }) => {
      mustBeOf(raceDayById(read, input.id).id, input.eventId)
      await store.writeForced(writer => takeBackStart(writer, input.eventId, input.wave), context.who.name)
      return dayShown(input.id)
    }),
    gunNow: os.starts.gunNow.handler(async ({ input, context }) => {
      const now = config.clock()
      const day = raceDayById(read, input.id)
      const { start } = input
      if (start) mustBeOf(day.id, start.eventId)
      const by = context.who.name
      const gun = gunByHand({ id: input.pressId ?? newId(), at: Math.round(now - input.agoMs), by })
      await store.writeForced(writer => {
        const sessionId = sessionOfDay(writer, day)
        journal(writer, sessionId, [gun], now)
        const kept = writer.get<{ id: number }>(
          'SELECT id FROM timing_reads WHERE session_id = ? AND identity = ?',
          sessionId,
          gun.identity,
        )
        if (start && kept) changeStart(writer, { ...start, gunReadId: kept.id, reason: 'pressed by hand' })
      }, by)
      return dayShown(day.id)
    }),
    setWindow: os.starts.setWindow.handler(async ({ input, context }) => {
      await store.writeForced(writer => setStartWindow(writer, input.startWindowMs), context.who.name)
      parts.topics.changed('reads')
      parts.topics.changed('participants')
      return { startWindowMs: startWindow(read) }
    }),
  }
}
