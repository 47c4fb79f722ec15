import { expect, test } from 'vitest'
import type { ProviderInfo } from '../../../src/api/connections.ts'
import { inferredInWords } from '../../../src/renderer/words/connections.ts'

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
