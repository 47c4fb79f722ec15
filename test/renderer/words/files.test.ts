import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { formatOf } from '../../../src/renderer/words/files.ts'
import { controllerFiles } from '../../support/outside-day.ts'

const beginning = (...path: string[]): string =>
  readFileSync(join(controllerFiles, ...path), 'utf8').slice(0, 4096)

test('a controller’s reads and markers, CT01 lines and a table are told apart by how they begin', () => {
  expect(formatOf(beginning('START1', '5071909.csv'))).toBe('chronotrack-controller')
  expect(formatOf(beginning('START1', '5071909.mrk'))).toBe('chronotrack-controller')
  expect(formatOf('\r\nCT01_13,1,start,12,06:08:32.02,1,0FA22E,4\r\n')).toBe('ctff01')
  expect(formatOf('Chip,Time\n41,08:00:00\n')).toBe('csv')
})
