import { implement } from '@orpc/server'
import { contract } from '../../src/api/contract.ts'
import type { Access } from '../../src/app/access.ts'
import { toORPCError } from '../../src/app/call-errors.ts'
import type { CallContext, Who } from '../../src/app/context.ts'
import type { AppRouter } from '../../src/app/router.ts'
import { AppError } from '../../src/core/errors.ts'
import { ROLES, type Role } from '../../src/core/model.ts'

export const DAY = '0190b3a0-0000-7000-8000-000000000001'
export const SESSION = '0190b3a0-0000-7000-8000-000000000002'

/** Tokens that are known, as the door sees them. */
export function createTokens(): Pick<Access, 'find' | 'managerToken' | 'add'> & {
  take(token: string): void
} {
  const tokens = new Map<string, Who>([
    ['manager-token', { name: 'manager', role: 'manager' }],
    ['crew-token', { name: 'Ana', role: 'crew' }],
    ['display-token', { name: 'wall', role: 'display' }],
  ])
  return {
    find: token => tokens.get(token) ?? null,
    managerToken: () => 'manager-token',
    add: () => 'unused',
    take: token => tokens.delete(token),
  }
}

/** A part of the real contract, answered without a store: enough to try the door. */
export function createSmallRouter(seen: { imported: unknown[]; ended: number }): AppRouter {
  const rank = (role: Role) => ROLES.indexOf(role)
  const os = implement(contract)
    .$context<CallContext>()
    .use(async ({ context, next, procedure }) => {
      const { role } = procedure['~orpc'].meta
      if (rank(context.who.role) < rank(role)) {
        throw toORPCError(new AppError('auth.forbidden', `This needs the role ${role}.`))
      }
      return next()
    })
  const small = {
    system: {
      health: os.system.health.handler(({ context }) => ({
        status: 'ok' as const,
        version: '0.0.0',
        uptimeS: 12,
        database: { ok: true, path: '/x' },
        central: { state: 'not-set-up' as const, pending: 0, words: 'works alone' },
        network: { state: 'unknown' as const, since: null },
        secrets: { kind: 'memory' as const, ok: true, message: '' },
        backup: { state: 'none-yet' as const, lastAt: null, folder: null, message: '' },
        laptop: 'l',
        practice: false,
        canPractice: false,
        you: context.who,
      })),
      stream: os.system.stream.handler(async function* ({ signal }) {
        try {
          yield { topics: ['reads' as const], at: 1 }
          await new Promise<void>(resolve => signal?.addEventListener('abort', () => resolve()))
        } finally {
          seen.ended++
        }
      }),
      details: os.system.details.handler(() => {
        throw new TypeError('a bug with a secret')
      }),
      startPractice: os.system.startPractice.handler(() => {
        throw new AppError('conflict', 'A practice race is running already.', { details: { someKey: 1 } })
      }),
    },
    connections: {
      tryOut: os.connections.tryOut.handler(({ input }) => {
        throw toORPCError(
          new AppError('provider.keys-refused', 'Refused.', { details: input.sourceSettings }),
        )
      }),
    },
    raceDay: {
      raceDays: os.raceDay.raceDays.handler(() => ({ raceDays: [] })),
      addRaceDay: os.raceDay.addRaceDay.handler(({ input }) => ({
        id: DAY,
        name: input.name,
        date: input.date,
        timezone: input.timezone ?? 'UTC',
        events: [],
        starts: input.eventIds.map(eventId => ({
          eventId,
          wave: '',
          plannedAt: 5,
          gunAt: null,
          correctedAt: null,
          decidedBy: null,
          reason: null,
        })),
      })),
      lookup: os.raceDay.lookup.handler(({ input }) => {
        throw new AppError('not-found', `No race day ${input.raceDayId}.`)
      }),
    },
    timing: {
      import: os.timing.import.handler(async ({ input }) => {
        seen.imported.push({ ...input, file: await input.file?.text() })
        return { lines: 1, new: 1, redelivered: 0, refused: [], refusedCount: 0 }
      }),
    },
  }
  return small as unknown as AppRouter
}
