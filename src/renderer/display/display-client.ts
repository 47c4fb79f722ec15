import { createORPCClient, ORPCError } from '@orpc/client'
import { RPCLink } from '@orpc/client/fetch'
import type { Client } from '../client.ts'

/** What a display calls. */
export type DisplayCalls = Client['displays']

/** The address in /d/ABCD2345; null on every other page. */
export const addressOfPage = (path: string): string | null => /^\/d\/([^/]+)\/?$/.exec(path)?.[1] ?? null

/** Calls as the display of this address and as nobody else, whoever is signed in in this browser. */
export const callsAsDisplay = (address: string): DisplayCalls => {
  const client: Client = createORPCClient(
    new RPCLink({
      url: `${window.location.origin}/rpc`,
      headers: { authorization: `Bearer ${address}` },
      fetch: (request, init) => globalThis.fetch(request, { ...init, credentials: 'omit' }),
    }),
  )
  return client.displays
}

/** The server answered, and knows no such display. */
export const isRefused = (error: unknown): boolean =>
  error instanceof ORPCError && (error.status === 401 || error.status === 404 || error.status === 400)
