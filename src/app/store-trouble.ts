import { AppError } from '../core/errors.ts'

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : ''

/** What a person can mend of what SQLite says while Trackside runs; null: it is a bug, or no word of SQLite's. */
export function storeTrouble(cause: unknown): AppError | null {
  const code = codeOf(cause)
  if (code.startsWith('SQLITE_BUSY'))
    return new AppError('store.busy', 'Another program holds the database. Nothing was changed.', {
      ...{ cause, retriable: true },
    })
  if (code === 'SQLITE_FULL')
    return new AppError('store.unwritable', 'The disk is full. Nothing was changed.', { cause })
  if (code.startsWith('SQLITE_READONLY'))
    return new AppError('store.unwritable', 'The database may only be read. Nothing was changed.', { cause })
  // What was under way, and asks again after a moment, meets a store that was closed meanwhile.
  if (cause instanceof TypeError && cause.message === 'The database connection is not open')
    return new AppError('cancelled', 'Trackside is closing.', { cause })
  return null
}
