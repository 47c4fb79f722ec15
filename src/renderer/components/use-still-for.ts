import { useRef } from 'react'
import { useNow } from './use-now.ts'

/** Since when, in ms, what a mark says is the same; told again every second. */
export function useStillFor(mark: string): number {
  const now = useNow(1000)
  const since = useRef({ mark, at: now })
  if (since.current.mark !== mark) since.current = { mark, at: now }
  return now - since.current.at
}
