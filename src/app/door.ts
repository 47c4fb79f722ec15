import { implement } from '@orpc/server'
import { contract } from '../api/contract.ts'
import type { ProcedureMeta } from '../api/route.ts'
import { AppError, isAppError } from '../core/errors.ts'
import { ROLES } from '../core/model.ts'
import { toORPCError } from './call-errors.ts'
import type { CallContext } from './context.ts'
import { storeTrouble } from './store-trouble.ts'

/**
 * What every procedure is built on: the caller's role is looked at first, and expected trouble goes out with its code.
 * A procedure without a role of its own is an admin's.
 */
export const os = implement(contract)
  .$context<CallContext>()
  .use(async ({ context, procedure, next }) => {
    try {
      const { role: needed = 'admin', ofDisplays } = procedure['~orpc'].meta as Partial<ProcedureMeta>
      if (context.who.displayId !== undefined && ofDisplays !== true)
        throw new AppError('auth.forbidden', "A display's address opens that display and nothing else.")
      if (ROLES.indexOf(context.who.role) < ROLES.indexOf(needed)) {
        throw new AppError(
          'auth.forbidden',
          `This needs the role ${needed}; ${context.who.name} has ${context.who.role}.`,
        )
      }
      return await next()
    } catch (error) {
      const expected = isAppError(error) ? error : storeTrouble(error)
      throw expected === null ? error : toORPCError(expected)
    }
  })
