import { z } from 'zod'
import type { Json } from '../core/runtime.ts'
import { deviationsOf, newFieldsOf, onceEach } from './deviations.ts'
import type { Answered, Expectations, ExpectedAnswer } from './expectations.ts'
import type { Deviation, Judged, ProviderContext, Watch } from './provider.ts'
import { bodyText, readBody } from './read-body.ts'
import { networkTrouble, placeOf } from './trouble.ts'
import { tryPagesOf } from './try-pages.ts'

/** Enough for an answer of one page at every provider, few enough to be looked at between two reads of a chip. */
const ROWS = 100

/** Watches a fetch with what a provider declares. */
export const watching =
  (expectations: Expectations) =>
  (next: typeof fetch): Watch => {
    let waiting: Promise<Answered | null>[] = []
    const find = (method: string, path: string): ExpectedAnswer | null =>
      expectations.answers.find(one => one.method === method && endsWith(path, one.path)) ?? null
    const take = async (): Promise<readonly Answered[]> =>
      (await Promise.all(waiting)).filter(answer => answer !== null)

    const watched =
      (shortens: boolean): typeof fetch =>
      async (input, init) => {
        const url = new URL(input instanceof Request ? input.url : input)
        const method = (init?.method ?? 'GET').toUpperCase()
        const expected = find(method, url.pathname)
        const size = shortens ? expected?.pages?.size : undefined
        if (size !== undefined && Number(url.searchParams.get(size) ?? 0) > ROWS)
          url.searchParams.set(size, String(ROWS))
        const response = await next(url, init)
        const asked = { expected, method, url, headers: new Headers(init?.headers) }
        waiting.push(read(response.clone(), asked))
        return response
      }

    return {
      fetch: watched(true),
      whole: watched(false),
      async tryPages(context) {
        const answers = await take()
        const found: Deviation[] = []
        for (const kind of new Set(answers.map(({ expected }) => expected))) {
          const first = answers.find(({ expected }) => expected === kind)
          if (first === undefined || kind?.pages === undefined) continue
          const ask = (url: URL) => askAgain(context, next, first, url)
          found.push(...(await tryPagesOf(kind.pages, first, ask)))
        }
        return found
      },
      async judge(): Promise<Judged> {
        const answers = await take()
        waiting = []
        const refused = ({ body }: Answered): boolean =>
          body !== undefined && expectations.refusal?.safeParse(body).success === true
        const judged = answers.filter(answer => !refused(answer))
        return {
          deviations: onceEach([
            ...deviationsOf(judged),
            // Of answers that are not understood nothing more is to be said.
            ...(expectations.together?.(judged.filter(({ body }) => body !== undefined)) ?? []),
          ]),
          newFields: newFieldsOf(judged),
        }
      },
    }
  }

function endsWith(path: string, pattern: string): boolean {
  const parts = path.toLowerCase().split('/').filter(Boolean)
  const wanted = pattern.toLowerCase().split('/').filter(Boolean)
  const end = parts.slice(-wanted.length)
  return end.length === wanted.length && wanted.every((part, index) => part === '{}' || part === end[index])
}

/** Null: it broke off, which whoever asked says. */
async function read(
  response: Response,
  asked: Pick<Answered, 'expected' | 'method' | 'url' | 'headers'>,
): Promise<Answered | null> {
  try {
    const text = bodyText(await readBody(response, placeOf(asked.method, asked.url), () => {}))
    return { ...asked, status: response.status, text, body: parsed(text) }
  } catch {
    return null
  }
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}

/** Null: no answer that can be read. */
async function askAgain(
  context: ProviderContext,
  next: typeof fetch,
  first: Answered,
  url: URL,
): Promise<Json | null> {
  context.signal.throwIfAborted()
  await context.spend()
  try {
    const response = await next(url, { headers: first.headers, redirect: 'manual', signal: context.signal })
    const answer = await read(response, first)
    return answer === null || answer.status !== 200 ? null : (answer.body ?? null)
  } catch (error) {
    context.signal.throwIfAborted()
    throw networkTrouble(error, placeOf('GET', url), null)
  }
}

/** Values as they are written in more than one provider's answers. */
export const said = {
  /** May be left out or null. */
  maybe: <T extends z.ZodType>(shape: T) => shape.nullish(),
  /** One, or a list of them. */
  oneOrMore: <T extends z.ZodType>(shape: T) =>
    z.preprocess(value => (Array.isArray(value) ? value : [value]), z.array(shape)),
  digits: z.string().regex(/^\d+$/, 'a number as text'),
  day: z.string().regex(/^\d{4}-\d\d-\d\d$/, 'a day as YYYY-MM-DD'),
}
