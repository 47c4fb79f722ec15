import { type Choice, type MappingConfig, type Rule, referenceOf, ruleOf } from './mapping.ts'
import type { Transform } from './transforms.ts'

const quoted = (text: string): string => (text.trim() === '' ? `“${text}”` : text)
const SHOWN_CODES = 3

/** A transform in a few words, as a chip shows it. */
export function transformInWords(transform: Transform): string {
  switch (transform.kind) {
    case 'trim':
      return 'trim'
    case 'case':
      return { upper: 'UPPER CASE', lower: 'lower case', title: 'Title Case' }[transform.to]
    case 'date':
      return `date ${transform.from.join(' or ')} → ${transform.to}`
    case 'codes': {
      const { table } = transform
      const shown = table
        .slice(0, SHOWN_CODES)
        .map(({ from, to }) => `${from} → ${to === '' ? 'nothing' : to}`)
      const more = table.length > SHOWN_CODES ? ` and ${table.length - SHOWN_CODES} more` : ''
      return `codes ${shown.join(', ')}${more}, else ${transform.otherwise}`
    }
    case 'join':
      return `join with ${transform.separator === '' ? 'nothing between' : quoted(transform.separator)}`
    case 'split':
      return `part ${transform.part} at ${quoted(transform.separator)}`
    case 'default':
      return `else “${transform.value}”`
    case 'only-if': {
      const test = { is: 'is', 'is-not': 'is not', in: 'is one of' }[transform.test]
      return `only if ${referenceOf(transform.field) ?? transform.field} ${test} ${transform.values.join(', ')}`
    }
    case 'cut':
      return `at most ${transform.length} characters`
    default:
      return `unknown transform ${(transform as { readonly kind?: unknown }).kind}`
  }
}

/** A rule in words: where it comes from and what it goes through. */
export function ruleInWords(rule: Rule | null): string {
  if (rule === null) return 'nothing'
  const from = rule.inputs.map(input => referenceOf(input) ?? input).join(', ')
  return [...(from === '' ? [] : [from]), ...rule.transforms.map(transformInWords)].join(' · ')
}

export interface MappingChange {
  readonly side: 'source' | 'target'
  readonly field: string
  readonly before: string
  readonly after: string
}

const DEFAULT = 'the provider’s default'

const choiceInWords = (choice: Choice | undefined): string =>
  choice === undefined ? DEFAULT : ruleInWords(ruleOf(choice))

/** What differs between two mappings, field by field. */
export function mappingChanges(before: MappingConfig, after: MappingConfig): readonly MappingChange[] {
  return (['source', 'target'] as const).flatMap(side => {
    const fields = new Set([...Object.keys(before[side]), ...Object.keys(after[side])])
    return [...fields]
      .filter(field => !sameChoice(before[side][field], after[side][field]))
      .map(field => ({
        side,
        field,
        before: choiceInWords(before[side][field]),
        after: choiceInWords(after[side][field]),
      }))
  })
}

/** A plain input and a rule of that input alone are one. */
const sameChoice = (one: Choice | undefined, other: Choice | undefined): boolean =>
  one === undefined || other === undefined
    ? one === other
    : JSON.stringify(ruleOf(one)) === JSON.stringify(ruleOf(other))
