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

/** Asks the preload for a port to the engine. */
function askPort(): Promise<MessagePort> {
  return new Promise(resolve => {
    const listen = (event: MessageEvent<unknown>): void => {
      const data = event.data as { readonly type?: unknown } | null
      const port = event.ports[0]
      if (event.source !== window || data?.type !== 'trackside:port' || port === undefined) return
      window.removeEventListener('message', listen)
      resolve(port)
    }
    window.addEventListener('message', listen)
    window.postMessage(
      { type: 'trackside:ask-port' },
      window.location.origin === 'null' ? '*' : window.location.origin,
    )
  })
}

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
    call: async (path, input, options) => (await current).call(path, input, options),
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
