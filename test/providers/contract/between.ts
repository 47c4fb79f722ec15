import type { JsonObject } from '../../../src/core/runtime.ts'

type Fetch = typeof fetch

/** Pages of so many rows, however many are asked for: a server that caps them without a word. */
export const capped =
  (next: Fetch, word: string, rows: number): Fetch =>
  (input, init) => {
    const url = new URL(String(input))
    if (Number(url.searchParams.get(word) ?? 0) > rows) url.searchParams.set(word, String(rows))
    return next(url, init)
  }

/** Tells the number of each call before it is made, from 0. */
export function counted(next: Fetch, before: (call: number) => void): Fetch {
  let calls = 0
  return (input, init) => {
    before(calls++)
    return next(input, init)
  }
}

/** Rewrites every JSON answer. */
export const rewritten =
  (next: Fetch, change: (body: unknown) => unknown): Fetch =>
  async (input, init) => {
    const response = await next(input, init)
    const body: unknown = JSON.parse(await response.text())
    const headers = new Headers(response.headers)
    headers.delete('content-length')
    return new Response(JSON.stringify(change(body)), { status: response.status, headers })
  }

const deeply =
  (change: (value: unknown) => unknown) =>
  (value: unknown): unknown => {
    const inner = Array.isArray(value)
      ? value.map(deeply(change))
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(Object.entries(value).map(([name, field]) => [name, deeply(change)(field)]))
        : value
    return change(inner)
  }

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Other ways to write the same answer. */
export const SPELLINGS = {
  'numbers as strings': deeply(value => (typeof value === 'number' ? String(value) : value)),
  'a list of one as the one': deeply(value =>
    Array.isArray(value) && value.length === 1 ? value[0] : value,
  ),
  'blanks for null': deeply(value => (value === null ? '' : value)),
  'nothing for null': deeply(value =>
    isObject(value) ? Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null)) : value,
  ),
  'spaces around texts': deeply(value =>
    typeof value === 'string' && /^[A-Za-z]/.test(value) && !value.includes('.') ? ` ${value} ` : value,
  ),
} as const

/** A field in every object that nobody knows. */
export const withUnknown = deeply(value =>
  isObject(value) ? { ...value, newField: { deep: 'kept' } } : value,
)

/** Every row of every longer list twice. */
export const doubled = deeply(value =>
  Array.isArray(value) && value.length > 1
    ? value.flatMap(item => (isObject(item) ? [item, item] : [item]))
    : value,
)
