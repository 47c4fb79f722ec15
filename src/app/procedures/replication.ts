import { AppError } from '../../core/errors.ts'
import type { Replication } from '../../replication/replication.ts'
import { conflictsShown } from '../conflicts-shown.ts'
import { os } from '../door.ts'
import { leaveOtherHubs } from '../one-hub.ts'
import type { AppParts } from '../parts.ts'
import { peerShown, replicationShown } from '../replication-shown.ts'

export function replicationProcedures(parts: AppParts) {
  const there = (): Replication => {
    if (parts.replication === null)
      throw new AppError(
        'conflict',
        'This Trackside was not started to replicate. Start the app itself, then join.',
      )
    return parts.replication
  }
  return {
    status: os.replication.status.handler(() => replicationShown(parts)),
    run: os.replication.run.handler(async ({ signal }) => {
      await there().run(signal)
      return replicationShown(parts)
    }),
    join: os.replication.join.handler(async ({ input }) => {
      const joined = await there().join(input.code)
      await leaveOtherHubs(there(), joined, parts.hub)
      return peerShown(joined)
    }),
    conflicts: os.replication.conflicts.handler(({ input }) => ({
      conflicts: conflictsShown(parts.store.read, parts.store.laptopId, input),
    })),
    reach: os.replication.reach.handler(async ({ input }) =>
      peerShown(await there().reach(input.id, input.address)),
    ),
    leave: os.replication.leave.handler(async ({ input }) => {
      await there().leave(input.id)
      return { success: true as const }
    }),
  }
}
