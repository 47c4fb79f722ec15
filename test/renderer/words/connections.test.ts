import { expect, test } from 'vitest'
import type { ProviderInfo } from '../../../src/api/connections.ts'
import {
  inferredInWords,
  progressInWords,
  type Running,
  stillInWords,
} from '../../../src/renderer/words/connections.ts'

const provider = (evidence: ProviderInfo['evidence']): ProviderInfo => ({
  ...{ id: 'acme', name: 'Acme', roles: ['scoring'], settings: [], fields: [], cannot: {}, abilities: [] },
  limit: { calls: 1, perMs: 1 },
  evidence,
})

test('what nobody confirmed of a provider is said in words, and nothing where all is', () => {
  expect(inferredInWords(provider({ check: 'documented', push: 'inferred', 'read-back': 'inferred' }))).toBe(
    'Inferred, confirmed by nobody: sending entries, reading entries back.',
  )
  expect(inferredInWords(provider({ check: 'observed', push: 'documented' }))).toBe(null)
  expect(inferredInWords(provider({ weigh: 'inferred' }))).toContain('weigh')
})

const running: Running = {
  ...{ id: 'r', status: 'running', step: 'Fetching 5K from Acme', processed: 0, total: 300 },
}

test('a run that stands says for how long, unless it says itself why', () => {
  expect(progressInWords(running)).toBe('Fetching 5K from Acme · 0 of 300')
  expect(stillInWords(running, 4000)).toBeNull()
  expect(stillInWords(running, 12_000)).toBe('nothing new for 12 s')
  expect(stillInWords({ ...running, status: 'waiting' }, 12_000)).toBeNull()
  expect(progressInWords({ ...running, status: 'waiting', step: 'No answer for 30 s' })).toBe(
    '0 of 300 so far',
  )
})
