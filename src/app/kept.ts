import type { Store } from '../store/store.ts'
import type { TableName } from '../store/tables.ts'

/** Answers that hold until one of these tables changes: worked out once, however many ask. */
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
    const found = known.get(of) ?? { answer: work(of) }
    known.set(of, found)
    return found.answer
  }
}
