import type { Finding, Verified } from '../../api/verification.ts'
import { counted } from './numbers.ts'
import type { Said } from './said.ts'

const OPERATIONS: Readonly<Record<string, string>> = {
  authenticate: 'Log in',
  events: 'Bring events',
  participants: 'Bring participants',
  'ensure-event': 'Find where entries go',
  'create-event': 'Make an event',
  push: 'Take entries',
  'read-back': 'Give entries back',
  results: 'Give results',
  publish: 'Take results',
  'field-mapping': 'Map fields',
  'write-back': 'Take bibs and chips',
}

/** An operation that is checked; one this window does not know is shown as it is. */
export const checkedInWords = (operation: string): string => OPERATIONS[operation] ?? operation

const OUTCOMES: Readonly<Record<Finding['outcome'], Said>> = {
  ok: { tone: 'good', words: 'ok' },
  deviates: { tone: 'bad', words: 'deviates' },
  failed: { tone: 'bad', words: 'failed' },
  skipped: { tone: 'plain', words: 'not tried' },
  cannot: { tone: 'plain', words: 'no' },
}

export const outcomeOf = ({ outcome }: Pick<Finding, 'outcome'>): Said => OUTCOMES[outcome]

/** "3 deviations in 1 operation; 12 calls to 127.0.0.1:8080." */
export function verdictInWords(answer: Pick<Verified, 'findings' | 'calls' | 'host'>): string {
  const deviating = answer.findings.filter(({ outcome }) => outcome === 'deviates')
  const deviations = deviating.reduce((sum, { deviations: some }) => sum + some.length, 0)
  const failed = answer.findings.filter(({ outcome }) => outcome === 'failed').length
  const found = [
    ...(deviations === 0
      ? []
      : [`${counted(deviations, 'deviation')} in ${counted(deviating.length, 'operation')}`]),
    ...(failed === 0 ? [] : [`${failed} failed`]),
  ]
  return `${found.length === 0 ? 'Nothing deviates' : found.join(', ')}; ${counted(answer.calls, 'call')} to ${answer.host}.`
}

/** "[].user.dob: expected text, came nothing (20 times)" */
export const deviationInWords = ({ what, expected, came, times }: Finding['deviations'][number]): string =>
  `${what}: expected ${expected}, came ${came}${times === 1 ? '' : ` (${times} times)`}`
