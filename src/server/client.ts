import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/fetch'
import type { ContractRouterClient } from '@orpc/contract'
import { createRouterClient } from '@orpc/server'
import type { Contract } from '../api/contract.ts'
import type { Who } from '../app/context.ts'
import type { AppRouter } from '../app/router.ts'
import type { Log } from '../core/runtime.ts'
import { asCallError } from './errors.ts'

/** The whole contract as functions, whichever door they go through. */
export type Client = ContractRouterClient<Contract>

/** Calls the app in this process. What they throw has our codes, as through the other doors. */
export function clientInProcess(router: AppRouter, who: Who, log: Log): Client {
  return createRouterClient(router, {
    context: { who },
    interceptors: [
      async ({ next }) => {
        try {
          return await next()
        } catch (error) {
          throw asCallError(error, log)
        }
      },
    ],
  }) as Client
}

/** Calls an app that runs in another process of this machine. */
export function clientOverHttp(address: string, token: string): Client {
  return createORPCClient(
    new RPCLink({ url: `${address}/rpc`, headers: { authorization: `Bearer ${token}` } }),
  )
}
