import type { Json } from '../core/runtime.ts'
import type { Answered, ExpectedPages } from './expectations.ts'
import type { Deviation } from './provider.ts'

const SHORT = 2

/**
 * Two pages of two rows: no more than asked for, the second after the first, in order.
 * A list of two rows or fewer has no second page to look at.
 */
export async function tryPagesOf(
  pages: ExpectedPages,
  first: Answered,
  ask: (url: URL) => Promise<Json | null>,
): Promise<readonly Deviation[]> {
  const all = first.body === undefined ? [] : pages.idsOf(first.body)
  if (all.length <= SHORT) return []
  const deviation = (expected: string, came: string): Deviation => ({
    call: `${first.method} ${first.url.pathname}`,
    what: 'paging',
    expected,
    came,
    times: 1,
  })
  const page = async (next: string | null): Promise<readonly string[] | null> => {
    const url = new URL(first.url)
    url.searchParams.set(pages.size, String(SHORT))
    url.searchParams.delete(pages.next.word)
    if (next !== null) url.searchParams.set(pages.next.word, next)
    const body = await ask(url)
    return body === null ? null : pages.idsOf(body)
  }
  const one = await page(null)
  if (one === null) return [deviation(`an answer to ${pages.size}=${SHORT}`, 'none that can be read')]
  if (one.length > SHORT) return [deviation(`${SHORT} rows for ${pages.size}=${SHORT}`, `${one.length} rows`)]
  const order =
    pages.ascending && !ascends(all) ? [deviation('rows in ascending order', 'rows in another order')] : []
  const next = nextOf(pages, one)
  if (next === null) return [...order, deviation('rows with ids', 'rows without')]
  const other = await page(next)
  const asked = `${pages.next.word}=${pages.next.by === 'after' ? 'the last id' : next}`
  if (other === null) return [...order, deviation(`an answer to ${asked}`, 'none that can be read')]
  if (other.length === 0) return [...order, deviation(`further rows for ${asked}`, 'none')]
  const again = other.filter(id => one.includes(id)).length
  return again === 0
    ? order
    : [...order, deviation(`other rows for ${asked}`, `${again} of ${other.length} rows a second time`)]
}

function nextOf({ next }: ExpectedPages, ids: readonly string[]): string | null {
  switch (next.by) {
    case 'page':
      return '2'
    case 'offset':
      return String(SHORT)
    case 'after':
      return ids.at(-1) ?? null
  }
}

const ascends = (ids: readonly string[]): boolean =>
  ids.every((id, index) => index === 0 || Number(id) > Number(ids[index - 1]))
