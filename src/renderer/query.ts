import { isDefinedError, ORPCError } from '@orpc/client'
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import type { Topic } from '../api/system.ts'
import { useEngine } from './state/engine.ts'

declare module '@tanstack/react-query' {
  interface Register {
    queryMeta: {
      /** Topics of the stream that make it read again. */
      readonly topics?: readonly Topic[]
    }
  }
}

/** Whether the engine itself said it, as opposed to nobody answering. */
export const isAnswer = (error: unknown): boolean => error instanceof ORPCError || isDefinedError(error)

function judge(error: unknown): void {
  if (error instanceof DOMException && error.name === 'AbortError') return
  if (isAnswer(error)) useEngine.getState().answered()
  else useEngine.getState().silent()
}

/** networkMode always: the engine is on this laptop, whatever the browser thinks of the network. */
export const queries = new QueryClient({
  queryCache: new QueryCache({ onError: judge, onSuccess: () => useEngine.getState().answered() }),
  mutationCache: new MutationCache({ onError: judge, onSuccess: () => useEngine.getState().answered() }),
  defaultOptions: {
    queries: { networkMode: 'always', retry: false, refetchOnWindowFocus: false, refetchOnReconnect: false },
    mutations: { networkMode: 'always', retry: false },
  },
})

/** Reads again whatever shows one of these topics. */
export function readAgain(topics: ReadonlySet<Topic>): void {
  void queries.invalidateQueries(
    { predicate: query => query.meta?.topics?.some(topic => topics.has(topic)) ?? false },
    { cancelRefetch: false },
  )
}
