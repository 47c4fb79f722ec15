import type { z } from 'zod'
import type { Json } from '../core/runtime.ts'
import type { Answered } from './expectations.ts'
import type { Deviation } from './provider.ts'

type Issue = z.core.$ZodIssue

export const deviationsOf = (answers: readonly Answered[]): readonly Deviation[] => answers.flatMap(ofAnswer)

/** Each difference once, with how often it came. */
export function onceEach(deviations: readonly Deviation[]): readonly Deviation[] {
  const found = new Map<string, Deviation>()
  for (const deviation of deviations) {
    const key = JSON.stringify([deviation.call, deviation.what, deviation.expected, deviation.came])
    const known = found.get(key)
    found.set(key, known === undefined ? deviation : { ...known, times: known.times + deviation.times })
  }
  return [...found.values()]
}

export const newFieldsOf = (answers: readonly Answered[]): readonly string[] => [
  ...new Set(answers.flatMap(answer => [...unknownIn(issuesOf(answer)).values()].flat())),
]

function ofAnswer(answer: Answered): readonly Deviation[] {
  const { expected, status, body, text } = answer
  if (expected === null) return []
  const deviation = (what: string, wanted: string, came: string): Deviation => ({
    call: callOf(answer),
    what,
    expected: wanted,
    came,
    times: 1,
  })
  const wanted = expected.status ?? [200]
  const ofStatus = wanted.includes(status)
    ? []
    : [deviation('status', wanted.map(one => `HTTP ${one}`).join(' or '), `HTTP ${status}`)]
  // What a refusal holds is no answer to what was asked.
  if (status >= 300 || expected.body === null) return ofStatus
  if (body === undefined) return [...ofStatus, deviation('answer', 'JSON', textKind(text))]
  const issues = issuesOf(answer)
  const unknown = unknownIn(issues)
  const fields = issues
    .filter(issue => issue.code !== 'unrecognized_keys')
    .map(issue => {
      const what = folded(issue.path)
      const came = kindOf(at(body, issue.path))
      const others = came === 'nothing' ? (unknown.get(folded(issue.path.slice(0, -1))) ?? []) : []
      const hint = others.length === 0 ? '' : `; new there: ${others.join(', ')}`
      return deviation(what === '' ? 'answer' : what, wantedBy(issue), `${came}${hint}`)
    })
  return [...ofStatus, ...fields]
}

/** Ids in it are the account's own, keys are in the query alone. */
const callOf = ({ method, url }: Answered): string => `${method} ${url.pathname}`

function issuesOf({ expected, body, status }: Answered): readonly Issue[] {
  if (!expected?.body || body === undefined || status >= 300) return []
  const read = expected.body.safeParse(body)
  return read.success ? [] : (read.error.issues as readonly Issue[])
}

/** New fields with their paths, by the path of the object they are in. */
function unknownIn(issues: readonly Issue[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>()
  for (const issue of issues) {
    if (issue.code !== 'unrecognized_keys') continue
    const parent = folded(issue.path)
    const paths = issue.keys.map(key => folded([...issue.path, key]))
    found.set(parent, [...new Set([...(found.get(parent) ?? []), ...paths])])
  }
  return found
}

/** `[].participants[].bib_num`, the same for every row. */
function folded(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[]`
    return text === '' ? String(part) : `${text}.${String(part)}`
  }, '')
}

function at(body: Json, path: readonly PropertyKey[]): unknown {
  let here: unknown = body
  for (const part of path) {
    // One where a list was meant.
    if (typeof part === 'number' && !Array.isArray(here)) continue
    if (typeof here !== 'object' || here === null) return undefined
    here = (here as { readonly [key: PropertyKey]: unknown })[part]
  }
  return here
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  null: 'null',
}

function wantedBy(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return KINDS[issue.expected] ?? issue.expected
    case 'invalid_value':
      return issue.values.map(String).join(' or ')
    case 'invalid_union':
      return [...new Set(issue.errors.flatMap(errors => errors.slice(0, 1).map(wantedBy)))].join(' or ')
    default:
      return issue.message
  }
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'string') return /^-?\d+(\.\d+)?$/.test(value) ? 'a number as text' : 'another text'
  return KINDS[typeof value] ?? typeof value
}

function textKind(text: string): string {
  if (text.trim() === '') return 'nothing'
  return /^\s*<(!doctype|html)/i.test(text) ? 'a web page' : 'something else'
}
