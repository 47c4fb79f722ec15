import { expect, test } from 'vitest'
import { createFloodTurns } from '../../src/timing/flood-turns.ts'

test('of several floods one is let in a turn of the event loop, in the order in which they came', async () => {
  const floods = createFloodTurns()
  const heard: string[] = []
  const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))
  const came = (who: string) => floods.wait(() => heard.push(who))
  came('a')
  came('b')
  came('c')
  expect(heard).toEqual([])
  await turn()
  expect(heard).toEqual(['a'])
  came('a')
  await turn()
  expect(heard).toEqual(['a', 'b'])
  await turn()
  await turn()
  expect(heard).toEqual(['a', 'b', 'c', 'a'])
  came('d')
  await turn()
  expect(heard.at(-1)).toBe('d')
})
