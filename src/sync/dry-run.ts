import type { Store } from '../store/store.ts'
import type { Writer } from '../store/writer.ts'

const takenBack = Symbol('dry run')

/** Writes that are taken back: nothing of them stays. */
export function dryRun(store: Store, work: (writer: Writer) => void): void {
  try {
    store.write(writer => {
      work(writer)
      throw takenBack
    })
  } catch (error) {
    if (error !== takenBack) throw error
  }
}
