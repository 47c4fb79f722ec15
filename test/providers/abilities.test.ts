import { describe, expect, test } from 'vitest'
import { ABILITIES, abilitiesOf } from '../../src/providers/abilities.ts'
import { providers } from '../../src/providers/index.ts'

describe.each(providers.map(provider => ({ id: provider.id, provider })))('$id', ({ provider }) => {
  test.each(ABILITIES)('either does %s, and says how sure we are of it, or says why it cannot', ability => {
    const found = abilitiesOf(provider).filter(one => one.ability === ability)
    expect(found).toHaveLength(1)
    const [able] = found
    if (able?.does) expect(['documented', 'observed', 'inferred']).toContain(able.evidence)
    else expect(able?.why).toMatch(/^[A-Z].{20,}\.$/)
  })

  test('gives no reason against what it does', () => {
    const done = abilitiesOf(provider).flatMap(one => (one.does ? [one.ability] : []))
    expect(done.filter(ability => provider.cannot?.[ability] !== undefined)).toEqual([])
  })
})

test('a provider that offers something without saying how sure we are of it does not pass for doing it', () => {
  const [provider] = providers
  if (!provider) throw new Error('there are providers')
  const unsure = { ...provider, evidence: {} }
  expect(abilitiesOf(unsure).every(one => !one.does)).toBe(true)
})
