import { chmod, open, rename, rm } from 'node:fs/promises'
import { AppError } from '../core/errors.ts'

/**
 * Makes a file whole or not at all: written under another name, on the disk for good, then moved into place.
 * What it held before is replaced.
 */
export async function wholeFile(file: string, fill: (part: string) => Promise<void>): Promise<void> {
  const part = `${file}.part`
  await rm(part, { force: true })
  try {
    await fill(part)
    // People's data: its owner's only. A stick's file system may know no owners.
    await chmod(part, 0o600).catch(() => {})
    const handle = await open(part, 'r+')
    await handle.sync().finally(() => handle.close())
    await rename(part, file)
  } catch (error) {
    for (const left of [part, `${part}-journal`]) await rm(left, { force: true }).catch(() => {})
    throw error
  }
}

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'is not there',
  ENOTDIR: 'is not a folder',
  SQLITE_CANTOPEN: 'is not there or cannot be written to',
  ENOSPC: 'is full',
  EDQUOT: 'is full',
  SQLITE_FULL: 'is full',
  EACCES: 'cannot be written to',
  EPERM: 'cannot be written to',
  EROFS: 'cannot be written to',
  SQLITE_READONLY: 'cannot be written to',
  EIO: 'has a disk fault',
  SQLITE_IOERR: 'has a disk fault',
}

/** "/media/stick is full": what keeps a folder from taking a file. */
export function folderTrouble(folder: string, error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
  const words = WORDS[code] ?? WORDS[code.split('_').slice(0, 2).join('_')]
  if (words !== undefined) return `${folder} ${words}`
  // better-sqlite3 says this of a copy's folder, without a code.
  if (error instanceof TypeError && /directory does not exist/.test(error.message))
    return `${folder} is not there`
  return `${folder} took no copy (${error instanceof Error ? error.message : String(error)})`
}

export const unwritable = (folder: string, error: unknown): AppError =>
  new AppError('store.unwritable', `${folderTrouble(folder, error)}. Nothing was written.`, { cause: error })
