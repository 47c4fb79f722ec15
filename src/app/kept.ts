import type { Store } from '../store/store.ts'
import type { TableName } from '../store/tables.ts'

/** Answers that hold until one of these tables changes: worked out once, however many ask. What fails is not kept. */
export function createKept<result>(
  { onChange }: Pick<Store, 'onChange'>,
  tables: readonly TableName[],
  work: (of: string) => result,
): (of: string) => result {
  const known = new Map<string, { readonly answer: result }>()
  onChange(changed => {
    if (tables.some(table => changed.has(table))) known.clear()
  })
  return of => {
    const before = known.get(of)
    if (before !== undefined) return before.answer
    const found = { answer: work(of) }
    known.set(of, found)
    if (found.answer instanceof Promise)
      found.answer.catch(() => {
        if (known.get(of) === found) known.delete(of)
      })
    return found.answer
  }
}
