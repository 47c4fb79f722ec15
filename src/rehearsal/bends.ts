import type { Reply, Request } from './http-messages.ts'

/** A lasting way in which a server is not what is written of it. */
export type Bend =
  /** The field has another name, wherever it is. */
  | { readonly kind: 'renamed'; readonly field: string; readonly to: string }
  /** Its value is of another kind. */
  | { readonly kind: 'retyped'; readonly field: string; readonly as: 'text' | 'number' | 'list' | 'object' }
  /** It is not there. */
  | { readonly kind: 'dropped'; readonly field: string }
  /** The right body under another status. */
  | { readonly kind: 'status'; readonly status: number }
  /** A word of the query is not heeded. */
  | { readonly kind: 'deaf'; readonly word: string }

/** The request as a server hears it that is deaf to some words. */
export function heard(bends: readonly Bend[], request: Request): Request {
  const words = bends.flatMap(bend => (bend.kind === 'deaf' ? [bend.word] : []))
  if (words.length === 0) return request
  const query = new URLSearchParams([...request.query].filter(([name]) => !words.includes(name)))
  return { ...request, query }
}

/** The reply as it leaves. */
export function bent(bends: readonly Bend[], reply: Reply): Reply {
  const status = bends.find(bend => bend.kind === 'status')?.status ?? reply.status
  if (typeof reply.body !== 'string' || !reply.type.includes('json')) return { ...reply, status }
  const body = bends.reduce<unknown>(deeply, JSON.parse(reply.body))
  return { ...reply, status, body: JSON.stringify(body) }
}

function deeply(value: unknown, bend: Bend): unknown {
  if (Array.isArray(value)) return value.map(item => deeply(item, bend))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, field]) => fieldUnder(name, deeply(field, bend), bend)),
  )
}

function fieldUnder(name: string, field: unknown, bend: Bend): readonly (readonly [string, unknown])[] {
  if (!('field' in bend) || bend.field !== name) return [[name, field]]
  switch (bend.kind) {
    case 'dropped':
      return []
    case 'renamed':
      return [[bend.to, field]]
    case 'retyped':
      return [[name, retyped(field, bend.as)]]
  }
}

function retyped(value: unknown, as: 'text' | 'number' | 'list' | 'object'): unknown {
  switch (as) {
    case 'text':
      return String(value ?? '')
    case 'number':
      return Number(value) || 0
    case 'list':
      return [value]
    case 'object':
      return { value }
  }
}
