import { readDate, writeDate } from './date-format.ts'

/** One step that a mapped value goes through, as data. What comes in is trimmed text, or null for nothing. */
export type Transform =
  | { readonly kind: 'trim' }
  | { readonly kind: 'case'; readonly to: 'upper' | 'lower' | 'title' }
  /** The first format that fits reads the date. */
  | { readonly kind: 'date'; readonly from: readonly string[]; readonly to: string }
  | {
      readonly kind: 'codes'
      /** Case and blanks around do not matter on the left. */
      readonly table: readonly { readonly from: string; readonly to: string }[]
      readonly otherwise: 'keep' | 'blank' | 'refuse'
    }
  /** All inputs that are filled, as one text. */
  | { readonly kind: 'join'; readonly separator: string }
  /** Part 1 is the first, -1 the last. */
  | { readonly kind: 'split'; readonly separator: string; readonly part: number }
  /** Where nothing else is there. */
  | { readonly kind: 'default'; readonly value: string }
  /** Nothing, unless another field is, is not or is one of these. */
  | {
      readonly kind: 'only-if'
      readonly field: string
      readonly test: 'is' | 'is-not' | 'in'
      readonly values: readonly string[]
    }
  /** No longer than so many characters. */
  | { readonly kind: 'cut'; readonly length: number }

export type TransformKind = Transform['kind']

export const TRANSFORM_KINDS: readonly TransformKind[] = [
  'trim',
  'case',
  'date',
  'codes',
  'join',
  'split',
  'default',
  'only-if',
  'cut',
]

/** Text, nothing, or why there can be none. */
export type Mapped =
  | { readonly value: string | null; readonly reason: null }
  | { readonly value: null; readonly reason: string }

export const refused = (reason: string): Mapped => ({ value: null, reason })
export const mapped = (value: string | null): Mapped => ({ value, reason: null })

type Texts = readonly (string | null)[]

/** How codes and conditions compare. */
export const fold = (text: string): string => text.trim().toLowerCase()

/** Characters as people count them, so that a cut never halves one. */
export const lengthOf = (text: string): number => [...text].length

/**
 * The inputs through the steps. Every step takes each input for itself until a join makes one of them;
 * without a join the first that is filled counts.
 * @param other what another field says, for only-if
 */
export function applyTransforms(
  inputs: Texts,
  transforms: readonly Transform[],
  other: (field: string) => string | null,
): Mapped {
  let texts: Texts = inputs
  for (const transform of transforms) {
    const next = step(texts, transform, other)
    if (typeof next === 'string') return refused(next)
    texts = next
  }
  return mapped(texts.find(text => text !== null && text.trim() !== '')?.trim() ?? null)
}

/** @returns texts, or why there can be none */
function step(texts: Texts, transform: Transform, other: (field: string) => string | null): Texts | string {
  switch (transform.kind) {
    case 'trim':
      return each(texts, text => text.trim().replace(/\s+/g, ' '))
    case 'case':
      return each(texts, text => inCase(text, transform.to))
    case 'date':
      return tried(texts, text => {
        for (const format of transform.from) {
          const date = readDate(text, format)
          if (date !== null) return mapped(writeDate(date, transform.to))
        }
        return refused(`“${text}” is no date like ${transform.from.join(' or ')}`)
      })
    case 'codes':
      return tried(texts, text => {
        const code = transform.table.find(({ from }) => fold(from) === fold(text))
        if (code) return mapped(code.to)
        switch (transform.otherwise) {
          case 'keep':
            return mapped(text)
          case 'blank':
            return mapped(null)
          case 'refuse':
            return refused(`“${text}” is not in the code table`)
        }
      })
    case 'join': {
      const filled = texts.filter(text => text !== null && text.trim() !== '')
      return [filled.length === 0 ? null : filled.join(transform.separator)]
    }
    case 'split':
      return each(texts, text => {
        const parts = text.split(transform.separator)
        const { part } = transform
        return parts[part < 0 ? parts.length + part : part - 1]?.trim() ?? null
      })
    case 'default':
      return texts.some(text => text !== null && text.trim() !== '') ? texts : [transform.value]
    case 'only-if':
      return holds(transform, other(transform.field)) ? texts : [null]
    case 'cut':
      return each(texts, text => [...text].slice(0, transform.length).join(''))
    default:
      return unknown(transform)
  }
}

/** What a newer version of the app may have saved. */
const unknown = (transform: never): string =>
  `this version knows no transform “${(transform as { readonly kind?: unknown }).kind}”`

const each = (texts: Texts, change: (text: string) => string | null): Texts =>
  texts.map(text => (text === null ? null : change(text)))

function tried(texts: Texts, change: (text: string) => Mapped): Texts | string {
  const changed: (string | null)[] = []
  for (const text of texts) {
    const next = text === null || text.trim() === '' ? mapped(null) : change(text)
    if (next.reason !== null) return next.reason
    changed.push(next.value)
  }
  return changed
}

function holds(condition: Extract<Transform, { kind: 'only-if' }>, said: string | null): boolean {
  const among = condition.values.some(value => fold(value) === fold(said ?? ''))
  return condition.test === 'is-not' ? !among : among
}

function inCase(text: string, to: 'upper' | 'lower' | 'title'): string {
  if (to === 'upper') return text.toUpperCase()
  if (to === 'lower') return text.toLowerCase()
  // O'Brien and D’Arcy, but the runner's: after an apostrophe only what goes on is a name.
  return text
    .toLowerCase()
    .replace(
      /(^|[^\p{L}\p{M}\p{N}'’]|(?<=\p{L})['’](?=\p{L}{2}))(\p{L})/gu,
      (_, before: string, letter: string) => before + letter.toUpperCase(),
    )
}
