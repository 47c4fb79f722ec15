import { decide } from '../../../src/store/decisions.ts'
import { person } from '../../support/laptop.ts'
import type { Station } from '../two-sides.ts'

const nameAt = (laptop: Station): unknown =>
  laptop.store.read.get<{ name: string }>(
    'SELECT last_name AS name FROM effective_participants WHERE participant_id = ?',
    person('1'),
  )?.name

/** Resolves when the person has that name on the laptop. */
const named = (laptop: Station, name: string): Promise<void> =>
  new Promise(resolve => {
    const unhear = laptop.store.onChange(() => {
      if (nameAt(laptop) !== name) return
      unhear()
      resolve()
    })
  })

/** Changes one person on a laptop so many times, and says how many ms each change took to the slowest of the others. */
export async function measureLag(
  from: Station,
  to: readonly Station[],
  changes: number,
): Promise<readonly number[]> {
  const taken: number[] = []
  for (let n = 0; n < changes; n += 1) {
    const name = `N${from.name}${n}`
    const there = Promise.all(to.map(laptop => named(laptop, name)))
    const began = performance.now()
    from.store.write(writer => decide(writer, person('1'), 'last_name', name, null), 'desk')
    await there
    taken.push(performance.now() - began)
  }
  return taken
}
