import { useStillFor } from '../../components/use-still-for.ts'
import { progressInWords, type Running, stillInWords } from '../../words/connections.ts'

/** How far a run is, and for how long it has been there where that is long. */
export function Progress({ running }: { readonly running: Running }) {
  const words = progressInWords(running)
  const still = stillInWords(running, useStillFor(running.id, words))
  return (
    <span>
      <span role="status">{words}</span>
      {still !== null && <span className="warn"> · {still}</span>}
    </span>
  )
}
