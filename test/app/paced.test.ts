import { expect, test } from 'vitest'
import { createPaced } from '../../src/app/paced.ts'

/** Work that ends when it is told to, and takes so many ms of the clock. */
function createWork() {
  let now = 0
  let begun = 0
  const ends: (() => void)[] = []
  return {
    clock: () => now,
    begun: () => begun,
    work: async () => {
      begun += 1
      const mine = begun
      await new Promise<void>(resolve => ends.push(resolve))
      return mine
    },
    end(ms: number) {
      now += ms
      ends.shift()?.()
    },
  }
}

test('all who ask while the work waits get one answer, which is newer than their question', async () => {
  const { clock, work, begun, end } = createWork()
  const paced = createPaced(clock, work)
  const first = paced('day')
  await expect.poll(begun).toBe(1)
  // It runs already: what is asked now may not be in it.
  const later = [paced('day'), paced('day')]
  end(0)
  expect(await first).toBe(1)
  await expect.poll(begun).toBe(2)
  end(0)
  expect(await Promise.all(later)).toEqual([2, 2])
})

test('what took long rests before it begins again, and other keys do not wait for it', async () => {
  const { clock, work, begun, end } = createWork()
  const paced = createPaced(clock, work)
  const first = paced('day')
  await expect.poll(begun).toBe(1)
  end(40)
  await first
  const asked = performance.now()
  const second = paced('day')
  const other = paced('another day')
  await expect.poll(begun).toBe(2)
  end(0)
  expect(await other).toBe(2)
  await expect.poll(begun).toBe(3)
  expect(performance.now() - asked).toBeGreaterThan(150)
  end(0)
  expect(await second).toBe(3)
})
