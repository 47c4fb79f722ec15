import { setTimeout as wait } from 'node:timers/promises'
import type { ReadersStatus } from '../../api/readers.ts'
import { AppError } from '../../core/errors.ts'
import { wallToInstant } from '../../core/time.ts'
import { clockMarks } from '../../store/clock-steps.ts'
import { rowWhere } from '../../store/rows.ts'
import { decideNotice } from '../../store/stream-notices.ts'
import { markedTime } from '../../timing/protocols/controller-file.ts'
import { currentSession } from '../current-session.ts'
import { os } from '../door.ts'
import type { AppParts } from '../parts.ts'
import { keyOfPeer, noticeShown } from '../readers/reader-status.ts'

/** A start line brings news all the time; a screen is told at most so often. */
const AT_MOST_EVERY_MS = 500

export function readersProcedures({ store, readers, readerStatus, topics }: AppParts) {
  const { read } = store

  async function* watch(signal: AbortSignal | undefined): AsyncGenerator<ReadersStatus, void> {
    for await (const _ of topics.watch(['timing', 'reads'], signal)) {
      yield readerStatus.now()
      await wait(AT_MOST_EVERY_MS, undefined, { ...(signal ? { signal } : {}) }).catch(() => {})
    }
  }

  return {
    status: os.readers.status.handler(() => readerStatus.now()),
    watch: os.readers.watch.handler(async function* ({ signal }) {
      yield* watch(signal)
    }),
    clockSteps: os.readers.clockSteps.handler(({ input }) => {
      const sessionId = input.sessionId ?? currentSession(read)
      const session = sessionId === null ? null : rowWhere(read, 'timing_sessions', 'id = ?', sessionId)
      if (session === null) {
        if (input.sessionId === undefined) return { steps: [] }
        throw new AppError('not-found', `There is no timing session ${input.sessionId}.`)
      }
      return {
        steps: clockMarks(read, session.id).flatMap(({ raw, ...mark }) => {
          const wall = markedTime(raw)
          if (wall === null) return []
          const namedAt = wallToInstant(wall, session.timezone)
          return [{ ...mark, namedAt, ms: namedAt - mark.stampedAt }]
        }),
      }
    }),
    waveOff: os.readers.waveOff.handler(async ({ input, context }) =>
      noticeShown(
        await store.writeForced(
          writer => decideNotice(writer, input.id, { reason: input.reason ?? null }),
          context.who.name,
        ),
      ),
    ),
    takeBack: os.readers.takeBack.handler(async ({ input, context }) =>
      noticeShown(
        await store.writeForced(writer => decideNotice(writer, input.id, undefined), context.who.name),
      ),
    ),
    askAgain: os.readers.askAgain.handler(({ input }) => {
      const peer = readers.peers().find(each => keyOfPeer(each) === input.key && each.disconnectedAt === null)
      if (peer === undefined || !readers.letGo(peer))
        throw new AppError('not-found', 'That connection is no longer there.')
      return { success: true as const }
    }),
  }
}
