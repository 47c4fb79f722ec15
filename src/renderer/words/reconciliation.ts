import type { Reconciliation, ReconciliationFinding } from '../../api/reconciliation.ts'
import { count, counted } from './numbers.ts'
import type { Said } from './said.ts'

type Finding = Pick<ReconciliationFinding, 'kind' | 'cause' | 'message' | 'fields'>

/** "0.06 %"; what is small is never rounded to nothing. */
export function discrepancy(percent: number): string {
  if (percent === 0) return '0 %'
  return percent < 0.01 ? 'under 0.01 %' : `${percent.toFixed(percent < 10 ? 2 : 1)} %`
}

export const kindLabels = (target: string): Readonly<Record<Finding['kind'], string>> => ({
  differs: 'differ',
  'only-here': 'only here',
  'gone-here': `gone, still in ${target}`,
  'only-there': `only in ${target}`,
})

/** "5,000 here, 4,963 in CTLive, 4,963 in both." */
export const totalsInWords = (of: Reconciliation, target: string): string =>
  `${count(of.people)} here, ${count(of.entries)} in ${target}, ${count(of.inBoth)} in both.`

/** What differs, or why somebody is on one side only. */
export function findingInWords(
  { kind, cause, message, fields }: Finding,
  target: string,
  labelOf: (field: string) => string,
): string {
  const apart = fields
    .map(
      ({ field, ours, theirs }) =>
        `${field === 'key' ? 'Our key' : labelOf(field)}: ${ours} here, ${theirs ?? 'nothing'} there`,
    )
    .join('; ')
  const why = causeInWords(cause, message, target)
  return kind === 'differs' ? `${apart}${why === '' ? '' : ` (${why})`}` : why
}

function causeInWords(cause: Finding['cause'], message: string | null, target: string): string {
  switch (cause) {
    case 'never-sent':
      return 'never sent; waits for the next push'
    case 'refused-there':
      return `${target} refused it: ${message ?? 'without a word'}`
    case 'unsendable':
      return `not sent: ${message ?? 'the mapping refuses it'}`
    case 'no-answer':
      return `sent, and ${target} never answered`
    case 'gone-there':
      return `${target} had accepted it; it is no longer there`
    case 'changed-there':
      return ''
    case 'changed-here':
      return 'changed here; waits for the next push'
    case 'by-hand':
      return `entered in ${target}, not by Trackside`
    case 'unknown-key':
      return 'has a key of Trackside that nobody here has'
    case 'twice':
      return 'a second entry of somebody who is there already'
    case 'gone':
      return `${message ?? 'gone'} here`
  }
}

/** Whether a repair concerns it, and how far that is. */
export function repairState(finding: ReconciliationFinding): Said {
  if (finding.kind === 'only-there' || finding.kind === 'gone-here')
    return { tone: 'plain', words: 'left alone' }
  if (finding.repaired) return { tone: 'good', words: 'repaired' }
  if (finding.cause === 'unsendable') return { tone: 'warn', words: 'mend it first' }
  if (finding.repairAskedBy !== null) return { tone: 'warn', words: `asked by ${finding.repairAskedBy}` }
  return { tone: 'warn', words: 'open' }
}

/** A picture's words: "3 comparisons, last 0.06 %, at most 0.74 %". */
export function historyInWords(history: readonly { readonly discrepancyPercent: number }[]): string {
  const values = history.map(one => one.discrepancyPercent)
  return `${counted(values.length, 'comparison')}, last ${discrepancy(values.at(-1) ?? 0)}, at most ${discrepancy(Math.max(0, ...values))}`
}
