import Database from 'better-sqlite3'
import { createReader, type Reader } from './reader.ts'

/** 8 MB: what is asked here goes over much of the database once. */
const CACHE_KB = 8192

/**
 * A connection of its own to a store that is open elsewhere, in another thread: whatever was committed before it reads
 * is read, and no write waits for it. Between two statements it holds nothing of the write-ahead log.
 */
export function openReadOnly(
  file: string,
  nativeBinding: string | undefined,
): { readonly reader: Reader; close(): void } {
  const sqlite = new Database(file, {
    ...{ readonly: true, fileMustExist: true },
    ...(nativeBinding ? { nativeBinding } : {}),
  })
  sqlite.pragma(`cache_size = -${CACHE_KB}`)
  sqlite.pragma('temp_store = MEMORY')
  return { reader: createReader(sqlite), close: () => sqlite.close() }
}
