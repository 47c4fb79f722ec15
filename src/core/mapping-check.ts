import { readsDates, writesDates } from './date-format.ts'
import {
  circle,
  isEntryField,
  isMappedField,
  type MappingConfig,
  type ProviderField,
  type Rule,
  referenceOf,
  ruleOf,
  targetRules,
} from './mapping.ts'
import { fold, lengthOf, TRANSFORM_KINDS, type Transform } from './transforms.ts'

export interface MappingProblem {
  readonly side: 'source' | 'target'
  readonly field: string
  readonly message: string
}

/** What is wrong with a mapping before anybody goes through it. Nothing of it may be saved or sent. */
export function checkMapping(
  config: MappingConfig,
  targetFields: readonly ProviderField[],
): readonly MappingProblem[] {
  const source = Object.entries(config.source).flatMap(([field, choice]): MappingProblem[] => {
    if (!isMappedField(field))
      return choice === null
        ? []
        : [{ side: 'source', field, message: 'is no field of ours that can be mapped' }]
    const rule = ruleOf(choice)
    return rule === null
      ? []
      : wrong(rule, inputOfSource).map(message => ({ side: 'source', field, message }))
  })
  const rules = targetRules(targetFields, config)
  const known = new Set(targetFields.map(field => field.name))
  const unknown = Object.keys(config.target)
    .filter(field => !known.has(field))
    .map((field): MappingProblem => ({ side: 'target', field, message: 'is no field of the target' }))
  const target = rules.flatMap(({ field, rule }): MappingProblem[] => {
    const messages =
      rule === null
        ? field.required
          ? ['is needed and nothing fills it']
          : []
        : [...wrong(rule, inputOfTarget(known)), ...unfitConstants(rule, field)]
    return messages.map(message => ({ side: 'target', field: field.name, message }))
  })
  const sourceRules = new Map(Object.entries(config.source).map(([field, choice]) => [field, ruleOf(choice)]))
  return [
    ...source,
    ...circlesOf('source', sourceRules),
    ...unknown,
    ...target,
    ...circlesOf('target', new Map(rules.map(({ field, rule }) => [field.name, rule]))),
  ]
}

const inputOfSource = (input: string): string | null => {
  const other = referenceOf(input)
  if (other !== null) return isMappedField(other) ? null : `“${other}” is no field of ours`
  return input.trim() === '' ? 'has an input without a name' : null
}

const inputOfTarget =
  (known: ReadonlySet<string>) =>
  (input: string): string | null => {
    const other = referenceOf(input)
    if (other !== null) return known.has(other) ? null : `“${other}” is no field of the target`
    return isEntryField(input) ? null : `“${input}” is no field of ours`
  }

/** What is wrong with one rule, in words that follow its field's name. */
function wrong(rule: Rule, inputProblem: (input: string) => string | null): readonly string[] {
  const inputs = rule.inputs.map(inputProblem).filter(problem => problem !== null)
  const constant = rule.transforms.some(transform => transform.kind === 'default')
  return [
    ...(rule.inputs.length === 0 && !constant ? ['has neither an input nor a default'] : []),
    ...inputs,
    ...rule.transforms.flatMap(transform => wrongTransform(transform, inputProblem)),
  ]
}

function wrongTransform(
  transform: Transform,
  inputProblem: (input: string) => string | null,
): readonly string[] {
  if (!TRANSFORM_KINDS.includes(transform.kind)) return [`unknown transform “${transform.kind}”`]
  switch (transform.kind) {
    case 'trim':
    case 'case':
    case 'join':
      return []
    case 'date': {
      const unreadable = transform.from.filter(format => !readsDates(format))
      return [
        ...(transform.from.length === 0 ? ['date: no format to read it by'] : []),
        ...unreadable.map(format => `date: “${format}” needs a YYYY, a MM and a DD, each once`),
        ...(writesDates(transform.to) ? [] : [`date: “${transform.to}” writes no date`]),
      ]
    }
    case 'codes': {
      const keys = transform.table.map(({ from }) => fold(from))
      const doubled = keys.filter((key, at) => key !== '' && keys.indexOf(key) !== at)
      return [
        ...(transform.table.length === 0 ? ['code table: is empty'] : []),
        ...(keys.includes('') ? ['code table: a line without its left side'] : []),
        ...new Set(doubled.map(key => `code table: “${key}” is there twice`)),
      ]
    }
    case 'split':
      return [
        ...(transform.separator === '' ? ['split: no separator'] : []),
        ...(Number.isInteger(transform.part) && transform.part !== 0
          ? []
          : ['split: parts count from 1, or from -1 at the end']),
      ]
    case 'default':
      return transform.value.trim() === '' ? ['default: is empty'] : []
    case 'only-if': {
      const problem = inputProblem(transform.field)
      return [
        ...(problem === null ? [] : [`only if: ${problem}`]),
        ...(transform.values.length === 0 ? ['only if: no value to compare with'] : []),
      ]
    }
    case 'cut':
      return Number.isInteger(transform.length) && transform.length > 0
        ? []
        : ['cut: needs a length of at least 1']
  }
}

/** What a rule would always say, where the target declares that it does not take it. */
function unfitConstants(rule: Rule, field: ProviderField): readonly string[] {
  return rule.transforms.flatMap((transform, at) => {
    const last = at === rule.transforms.length - 1
    const said = !last
      ? []
      : transform.kind === 'default'
        ? [transform.value]
        : transform.kind === 'codes'
          ? transform.table.map(({ to }) => to)
          : []
    return said.flatMap(text => [
      ...(field.maxLength !== undefined && lengthOf(text) > field.maxLength
        ? [`“${text}” has ${lengthOf(text)} characters, ${field.maxLength} fit`]
        : []),
      ...(field.codes !== undefined && text !== '' && !field.codes.includes(text)
        ? [`“${text}” is none of ${field.codes.join(', ')}`]
        : []),
    ])
  })
}

/** Fields a rule reads of the same side, by whatever way. */
function referencesOf(rule: Rule | null): readonly string[] {
  if (rule === null) return []
  const conditions = rule.transforms.flatMap(transform =>
    transform.kind === 'only-if' ? [transform.field] : [],
  )
  return [...rule.inputs, ...conditions].map(referenceOf).filter(name => name !== null)
}

/** A source field may name itself: that is the provider's own reading. */
function circlesOf(
  side: 'source' | 'target',
  rules: ReadonlyMap<string, Rule | null>,
): readonly MappingProblem[] {
  const problems: MappingProblem[] = []
  const settled = new Set<string>()
  const visit = (field: string, way: readonly string[]): void => {
    if (way.includes(field)) {
      const round = [...way.slice(way.indexOf(field)), field]
      problems.push({ side, field, message: circle(round) })
      return
    }
    if (settled.has(field)) return
    for (const other of referencesOf(rules.get(field) ?? null)) {
      if (side === 'source' && other === field) continue
      visit(other, [...way, field])
    }
    settled.add(field)
  }
  for (const field of rules.keys()) visit(field, [])
  return problems
}

/** Problems as one text, each with its field's name. */
export const problemsInWords = (problems: readonly MappingProblem[]): string =>
  problems.map(({ field, message }) => `${field} ${message}`).join('; ')
