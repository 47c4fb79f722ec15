import type { OffsetShown } from '../../api/reader-clocks.ts'
import { AppError } from '../../core/errors.ts'
import { offsetHistory, offsetsOf, setReaderOffset, takeBackOffset } from '../../store/offsets.ts'
import { rowWhere } from '../../store/rows.ts'
import type { Row } from '../../store/tables.ts'
import { os } from '../door.ts'
import type { AppParts } from '../parts.ts'
import { devicesOf } from '../readers/device-reads.ts'
import { measureClock, previewClock } from '../readers/measure-clock.ts'

export function readerClocksProcedures({ store }: AppParts) {
  const { read } = store

  const mustBeSession = (id: string): void => {
    if (rowWhere(read, 'timing_sessions', 'id = ?', id) === null)
      throw new AppError('not-found', `There is no timing session ${id}.`)
  }
  const offsetShown = (row: Row<'reader_offsets'>): OffsetShown => {
    const { id, device, fromAt, toAt, offsetMs, how, trueAt, reason, decidedBy, updatedAt } = row
    const measured = read.get<{ id: number }>(
      'SELECT id FROM timing_reads WHERE session_id = ? AND identity = ?',
      row.sessionId,
      row.measuredRead,
    )
    return {
      ...{ id, device, fromAt, toAt, offsetMs, how, trueAt, reason, decidedBy },
      ...{ readId: measured?.id ?? null, decidedAt: updatedAt },
    }
  }
  const shownById = (id: string): OffsetShown => {
    const row = rowWhere(read, 'reader_offsets', 'id = ?', id)
    if (row === null) throw new AppError('not-found', `There is no offset ${id}.`)
    return offsetShown(row)
  }

  return {
    list: os.readerClocks.list.handler(async ({ input }) => {
      mustBeSession(input.sessionId)
      const devices = await devicesOf(read, input.sessionId)
      return {
        devices: devices.map(device => ({ ...device })),
        offsets: offsetsOf(read, input.sessionId).map(offsetShown),
      }
    }),
    measure: os.readerClocks.measure.handler(({ input }) => {
      mustBeSession(input.sessionId)
      return previewClock(read, input)
    }),
    set: os.readerClocks.set.handler(async ({ input, context }) => {
      const { found: _, reason = null, ...range } = input
      mustBeSession(input.sessionId)
      const { offsetMs, how, trueAt, measuredRead } = measureClock(read, input)
      const decision = { ...range, offsetMs, how, trueAt, measuredRead, reason }
      return shownById(await store.writeForced(writer => setReaderOffset(writer, decision), context.who.name))
    }),
    takeBack: os.readerClocks.takeBack.handler(async ({ input, context }) => {
      await store.writeForced(
        writer => takeBackOffset(writer, input.id, input.reason ?? null),
        context.who.name,
      )
      return shownById(input.id)
    }),
    history: os.readerClocks.history.handler(({ input }) => {
      mustBeSession(input.sessionId)
      return {
        entries: offsetHistory(read, input.sessionId, input.limit).map(entry => ({ ...entry })),
      }
    }),
  }
}
