import { expect, test } from 'vitest'
import { createPaced } from '../../src/app/counting/paced.ts'

const hold = (ms: number): void => {
  for (const until = performance.now() + ms; performance.now() < until; );
}

test('work that several screens wait for is done once, and whoever asks while it runs gets what is true then', async () => {
  let state = 'first'
  let done = 0
  let go = (): void => {}
  const paced = createPaced(async () => {
    done += 1
    const found = state
    await new Promise<void>(resolve => {
      go = resolve
    })
    return found
  })
  const before = [paced('day'), paced('day')]
  await expect.poll(() => done).toBe(1)
  state = 'second'
  const after = paced('day')
  go()
  expect(await Promise.all(before)).toEqual(['first', 'first'])
  await expect.poll(() => done).toBe(2)
  go()
  expect(await after).toBe('second')
})

test('long work rests nine times as long as it took, short work does not', async () => {
  const began: number[] = []
  const paced = createPaced((what: string) => {
    began.push(performance.now())
    if (what === 'long') hold(20)
  })
  await paced('short')
  await paced('short')
  await paced('long')
  const order: string[] = []
  const ask = (what: string) => paced(what).then(() => order.push(what))
  await Promise.all([ask('long'), ask('short')])
  expect(order).toEqual(['short', 'long'])
  expect((began.at(-1) ?? 0) - (began.at(-3) ?? 0)).toBeGreaterThan(150)
})

test('work that failed is said to whoever asked, and done anew for the next', async () => {
  let broken = true
  const paced = createPaced(() => {
    if (broken) throw new Error('no disk')
    return 'found'
  })
  await expect(paced('day')).rejects.toThrow('no disk')
  broken = false
  expect(await paced('day')).toBe('found')
})
