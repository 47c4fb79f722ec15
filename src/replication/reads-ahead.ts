import { type SentThrough, waitingReads } from '../store/outbox.ts'
import type { Reader } from '../store/reader.ts'
import { type ReadLines, readLines } from './central/copy-reads.ts'

/** What one turn of the event loop reads of the journal and writes out. */
const PAGE = 1_000

/** The next reads for a peer, as its COPY takes them. */
export interface ReadsPage extends ReadLines {
  /** Behind this read of the journal. */
  readonly from: number
  readonly through: number
  /** Of the journal, those that came from the peer among them. */
  readonly rows: number
  readonly last: boolean
}

/** Pages of the journal for one peer, made ready while it is busy with those before: a read never changes. */
export interface ReadsAhead {
  next(to: SentThrough, most: number): ReadsPage
  /** Makes full pages ready, until the peer answers. */
  prepare(to: SentThrough, most: number, answer: Promise<unknown>): Promise<void>
}

export const breath = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

/** @param partnerId whose reads they are there: a hub may know a partner by another number */
export function createReadsAhead(reader: Reader, partnerId: number): ReadsAhead {
  let ready: ReadsPage[] = []
  const make = (to: SentThrough, most: number): ReadsPage => {
    const limit = Math.min(PAGE, most)
    const { items, through, last } = waitingReads(reader, to, limit)
    const theirs = items.map(row =>
      row.timing_partner_id === partnerId ? row : { ...row, timing_partner_id: partnerId },
    )
    return { ...readLines(theirs), from: to.readId, through, rows: last ? items.length : limit, last }
  }
  return {
    next(to, most) {
      const [page, ...others] = ready
      const fits = page !== undefined && page.from === to.readId && page.rows <= most
      ready = fits ? others : []
      return fits ? page : make(to, most)
    },
    async prepare(to, most, answer) {
      let busy = true
      const done = (): void => {
        busy = false
      }
      answer.then(done, done)
      let through = to.readId
      for (let rows = 0; busy && rows < most; rows += PAGE) {
        await breath()
        const page = make({ ...to, readId: through }, PAGE)
        // What is not full may be more by then.
        if (page.last) return
        ready.push(page)
        through = page.through
      }
    },
  }
}
