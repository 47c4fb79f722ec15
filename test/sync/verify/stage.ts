import { onTestFinished } from 'vitest'
import { abilitiesOf } from '../../../src/providers/abilities.ts'
import type { Account } from '../../../src/sync/account.ts'
import type { Finding } from '../../../src/sync/verify/finding.ts'
import { type VerifyChoice, verify } from '../../../src/sync/verify/verify.ts'
import { contextOf, type Site } from '../../providers/contract/site.ts'
import { memoryStore } from '../memory-store.ts'

export const ONLY_READING: VerifyChoice = {
  event: null,
  write: false,
  bib: null,
  registration: null,
  publish: false,
  writesReach: true,
}

/** A site with an account, checked as often as a test likes; what was confirmed is kept in between. */
export function checking(site: Site) {
  const store = memoryStore(site.clock)
  onTestFinished(() => store.close())
  const able = abilitiesOf(site.provider)
  const account: Account = {
    name: `${site.provider.id}/test`,
    limit: site.provider.limit,
    provider: site.provider,
    context: contextOf(site),
  }
  return {
    store,
    check: (choice: Partial<VerifyChoice> = {}): Promise<readonly Finding[]> =>
      verify(
        {
          store,
          wait: async () => {},
          calls: () => site.budget.spent,
          cannot: ability => {
            const found = able.find(one => one.ability === ability)
            return found === undefined || found.does ? null : found.why
          },
          onStep: () => {},
        },
        account,
        { ...ONLY_READING, ...choice },
      ),
    confirmed: () =>
      store.read.all<{ operation: string }>('SELECT operation FROM evidence_seen ORDER BY operation'),
  }
}

export const byOperation = (findings: readonly Finding[], operation: string): Finding => {
  const found = findings.find(one => one.operation === operation)
  if (found === undefined) throw new Error(`${operation} was not looked at`)
  return found
}
