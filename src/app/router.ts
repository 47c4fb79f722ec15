import type { Router } from '@orpc/server'
import type { Contract } from '../api/contract.ts'
import type { CallContext } from './context.ts'

/** The contract, implemented: what the three doors serve. */
export type AppRouter = Router<Contract, CallContext>
