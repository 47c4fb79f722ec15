import { useNow } from './use-now.ts'

/** What each thing last said, and since when: it goes on standing while another screen is looked at. */
const said = new Map<string, { readonly mark: string; readonly at: number }>()

const MOST = 100

/** For how long, in ms, a thing has said the same; told again every second. */
export function useStillFor(thing: string, mark: string): number {
  const now = useNow(1000)
  const last = said.get(thing)
  if (last?.mark === mark) return Math.max(0, now - last.at)
  said.delete(thing)
  said.set(thing, { mark, at: now })
  for (const oldest of said.keys()) if (said.size > MOST) said.delete(oldest)
  return 0
}
