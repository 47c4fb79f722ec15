import { type ClientLink, createORPCClient } from '@orpc/client'
import { RPCLink as FetchLink } from '@orpc/client/fetch'
import { RPCLink as PortLink } from '@orpc/client/message-port'
import type {
  ContractRouterClient,
  InferContractRouterInputs,
  InferContractRouterOutputs,
} from '@orpc/contract'
import type { Contract } from '../api/contract.ts'
import { useEngine } from './state/engine.ts'

export type Client = ContractRouterClient<Contract>
export type Inputs = InferContractRouterInputs<Contract>
export type Outputs = InferContractRouterOutputs<Contract>

type Link = ClientLink<Record<never, never>>

/** The preload says that it is there by this name; it hands over a port when asked. */
const inShell = 'tracksideShell' in window

const ASK_AGAIN_MS = 1000

/** Asks the preload for a port to the engine until it gives one. */
function askPort(): Promise<MessagePort> {
  return new Promise(resolve => {
    const ask = (): void => window.postMessage({ type: 'trackside:ask-port' }, '*')
    const timer = setInterval(ask, ASK_AGAIN_MS)
    const listen = (event: MessageEvent<unknown>): void => {
      const data = event.data as { readonly type?: unknown } | null
      const port = event.ports[0]
      if (event.source !== window || data?.type !== 'trackside:port' || port === undefined) return
      window.removeEventListener('message', listen)
      clearInterval(timer)
      resolve(port)
    }
    window.addEventListener('message', listen)
    ask()
  })
}

/** A call does not wait for a port longer than its own signal allows. */
const orAborted = <T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> =>
  Promise.race([
    promise,
    new Promise<never>((_, reject) => {
      if (signal?.aborted) reject(signal.reason)
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
    }),
  ])

/** A link over the newest port: when the engine was started again the old port closes and another is asked for. */
function shellLink(): Link {
  const open = async (): Promise<Link> => {
    const port = await askPort()
    const made = new PortLink({ port })
    port.addEventListener('close', () => {
      current = open()
    })
    port.start()
    return made
  }
  let current = open()
  return {
    call: async (path, input, options) =>
      (await orAborted(current, options.signal)).call(path, input, options),
  }
}

function webLink(): Link {
  return new FetchLink({
    url: `${window.location.origin}/rpc`,
    fetch: async (request, init) => {
      const answer = await globalThis.fetch(request, { ...init, credentials: 'same-origin' })
      if (answer.status === 401) useEngine.getState().askSignIn()
      return answer
    },
  })
}

/** The engine, wherever it runs: every procedure of the contract. */
export const client: Client = createORPCClient(inShell ? shellLink() : webLink())
