import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readSource, readTree } from '../support/tree.ts'

const files = [...readTree(join(import.meta.dirname, '..', '..'), 'src/renderer')]
  .filter(([path]) => /\.tsx?$/.test(path))
  .map(([path, text]) => readSource(path, text))

const whoSays = (pattern: RegExp): readonly string[] =>
  files.filter(({ code }) => pattern.test(code)).map(({ path }) => path)

test('no screen makes a wall clock of its own: words/time.ts does, and asks for the zone', () => {
  expect(whoSays(/\bDateTimeFormat\b/)).toEqual(['src/renderer/words/time.ts'])
  expect(
    whoSays(
      /\.toLocale(Date|Time)?String\(|\.get(UTC)?(Hours|Minutes|Date|Day|Month|FullYear)\(|\.toISOString\(/,
    ),
  ).toEqual([])
})

test('the laptop’s own zone is taken where no race day stands, said beside the screens, and nowhere else', () => {
  expect(whoSays(/\blaptopZone\b/).toSorted()).toEqual([
    'src/renderer/screens/race-day/MakeRaceDay.tsx',
    'src/renderer/screens/race-day/day.ts',
    'src/renderer/screens/shell/Navigation.tsx',
    'src/renderer/words/time.ts',
  ])
})
