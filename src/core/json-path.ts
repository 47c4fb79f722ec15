import type { Json } from './runtime.ts'

/** Steps of a dotted path; dots within brackets are the wanted value's own. */
const stepsOf = (path: string): readonly string[] => path.match(/(?:\[[^\]]*\]|[^.[])+/g) ?? []

const isObject = (value: Json | undefined): value is { readonly [name: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What is at a dotted path of an item; `a[key=value].b` picks an array's element by one of its fields. */
export function valueAt(item: Json, path: string): Json {
  let here: Json | undefined = item
  for (const step of stepsOf(path)) {
    const pick = /^([^[]*)(?:\[(\w+)=(.*)\])?$/.exec(step)
    if (!pick) return null
    const [, name = '', key, wanted] = pick
    if (!isObject(here) || !Object.hasOwn(here, name)) return null
    here = here[name]
    if (key === undefined) continue
    if (!Array.isArray(here)) return null
    here = here.find((element: Json) => isObject(element) && String(element[key]) === wanted)
  }
  return here ?? null
}

/** The text of a value, trimmed; null for nothing. */
export function textOf(value: Json): string | null {
  if (value === null) return null
  const text = (typeof value === 'object' ? JSON.stringify(value) : String(value)).trim()
  return text === '' ? null : text
}

/** A path that rows have, with what they say there. */
export interface FoundPath {
  readonly path: string
  /** What the provider itself calls it, where an element of a list says so: a custom question's text. */
  readonly label: string | null
  /** Different values, in the order met. */
  readonly samples: readonly string[]
  /** Rows that have something there. */
  readonly filled: number
}

const DEPTH = 6
const SAMPLES = 3

interface Found {
  label: string | null
  readonly samples: Set<string>
  filled: number
}

/** Every path of the items that leads to a single value. Elements of lists are told apart by their ids or names. */
export function pathsOf(items: readonly Json[]): readonly FoundPath[] {
  const found = new Map<string, Found>()
  for (const item of items) {
    const ofItem = new Set<string>()
    walk(item, '', null, DEPTH, (path, label, value) => {
      const known = found.get(path) ?? { label, samples: new Set<string>(), filled: 0 }
      found.set(path, known)
      known.label ??= label
      const text = textOf(value)
      if (text === null || ofItem.has(path)) return
      ofItem.add(path)
      known.filled += 1
      if (known.samples.size < SAMPLES) known.samples.add(text)
    })
  }
  return [...found].map(([path, { label, samples, filled }]) => ({
    path,
    label,
    samples: [...samples],
    filled,
  }))
}

function walk(
  value: Json,
  path: string,
  label: string | null,
  depth: number,
  tell: (path: string, label: string | null, value: Json) => void,
): void {
  if (Array.isArray(value)) {
    const key = keyOf(value)
    if (key === null || path === '') return
    for (const element of value) {
      if (!isObject(element)) continue
      walk(element, `${path}[${key}=${String(element[key])}]`, labelOf(element), depth - 1, tell)
    }
    return
  }
  if (isObject(value)) {
    if (depth === 0) return
    for (const [name, inner] of Object.entries(value)) {
      if (/[.[\]]/.test(name) || name === '') continue
      walk(inner, path === '' ? name : `${path}.${name}`, label, depth, tell)
    }
    return
  }
  if (path !== '') tell(path, label, value)
}

/** What tells a list's elements apart: the first name ending in id, then in key, code or name, that all of them differ in. */
function keyOf(elements: readonly Json[]): string | null {
  const objects = elements.filter(isObject)
  const [first] = objects
  if (first === undefined || objects.length !== elements.length) return null
  const names = Object.keys(first).filter(name => /^\w+$/.test(name))
  const order = [/id$/i, /(key|code|name)$/i]
  const ordered = order.flatMap(pattern => names.filter(name => pattern.test(name)))
  return (
    ordered.find(name => {
      const values = objects.map(object => object[name])
      const scalar = values.every(
        value => (typeof value === 'string' || typeof value === 'number') && !String(value).includes(']'),
      )
      return scalar && new Set(values.map(String)).size === values.length
    }) ?? null
  )
}

/** An element's own words for itself. */
function labelOf(element: { readonly [name: string]: Json }): string | null {
  const name = Object.keys(element).find(one => /(^|_)(text|label|title|name)$/i.test(one))
  return name === undefined ? null : textOf(element[name] ?? null)
}
