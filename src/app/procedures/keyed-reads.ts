import { AppError } from '../../core/errors.ts'
import { newId } from '../../store/ids.ts'
import { finishKeyed, keyedReads, keyedWaiting, keyRead, takeBackKeyed } from '../../store/keyed-reads.ts'
import { nameOf } from '../../store/participant-columns.ts'
import { rowWhere } from '../../store/rows.ts'
import { os } from '../door.ts'
import type { AppParts } from '../parts.ts'

export function keyedReadsProcedures(parts: AppParts) {
  const { store, config } = parts
  const { read } = store

  const mustExist = (sessionId: string): void => {
    if (rowWhere(read, 'timing_sessions', 'id = ?', sessionId) === null)
      throw new AppError('not-found', `There is no timing session ${sessionId}.`)
  }

  return {
    list: os.keyedReads.list.handler(({ input }) => {
      mustExist(input.sessionId)
      return {
        reads: keyedReads(read, input.sessionId, input.limit).map(({ bib, firstName, lastName, ...row }) => ({
          ...row,
          bibNumber: bib === '' ? null : bib,
          name: row.participantId === null ? null : nameOf({ firstName, lastName }),
        })),
        waiting: keyedWaiting(read, input.sessionId),
      }
    }),
    press: os.keyedReads.press.handler(async ({ input, context }) => {
      const at = Math.round(config.clock() - input.agoMs)
      mustExist(input.sessionId)
      const { sessionId, location, bib, pressId = newId() } = input
      const id = await store.writeForced(
        writer => keyRead(writer, { sessionId, location, bib, pressId, at }),
        context.who.name,
      )
      return { id, at: rowWhere(read, 'timing_reads', 'id = ?', id)?.readAt ?? at }
    }),
    finish: os.keyedReads.finish.handler(async ({ input, context }) => ({
      id: await store.writeForced(writer => finishKeyed(writer, input.id, input.bib), context.who.name),
    })),
    takeBack: os.keyedReads.takeBack.handler(async ({ input, context }) => {
      await store.writeForced(writer => takeBackKeyed(writer, input.id), context.who.name)
      return { id: input.id }
    }),
  }
}
