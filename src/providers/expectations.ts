import type { z } from 'zod'
import type { Json } from '../core/runtime.ts'
import type { Deviation } from './provider.ts'

/** A list that is asked for page by page. */
export interface ExpectedPages {
  /** The query's word for how many rows a page shall have. */
  readonly size: string
  /** The query's word for where to go on: a page's number, how many rows to leave out, or the last row's id. */
  readonly next: { readonly by: 'page' | 'offset' | 'after'; readonly word: string }
  /** Ids of an answer's rows in its order. */
  readonly idsOf: (body: Json) => readonly string[]
  /** Whether ids ascend. */
  readonly ascending?: true
}

/** What is known of the answers to one kind of call. */
export interface ExpectedAnswer {
  readonly method: 'GET' | 'POST' | 'PUT'
  /** The end of its path, whatever the case; `{}` is any one part. */
  readonly path: string
  /** Default 200. */
  readonly status?: readonly number[]
  /** Strict: a field it does not have is a new one. Null: nobody showed an answer. */
  readonly body: z.ZodType | null
  readonly pages?: ExpectedPages
}

/** An answer as it came. */
export interface Answered {
  readonly expected: ExpectedAnswer | null
  readonly method: string
  readonly url: URL
  readonly headers: Headers
  readonly status: number
  /** Undefined: it is no JSON. */
  readonly body: Json | undefined
  readonly text: string
}

export interface Expectations {
  readonly answers: readonly ExpectedAnswer[]
  /** How the provider words a refusal: that is said as what it is, and is no answer of another shape. */
  readonly refusal?: z.ZodType
  /** What several answers together must keep to. */
  readonly together?: (answers: readonly Answered[]) => readonly Deviation[]
}
