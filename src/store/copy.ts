import { open } from 'node:fs/promises'
import type Database from 'better-sqlite3'

/** 1 MB of a copy at once: some milliseconds of the event loop. */
const PAGES_A_TURN = 256
/** 16 MB go to the disk together. */
const PAGES_A_SYNC = 4096

async function toDisk(file: string): Promise<void> {
  const handle = await open(file, 'r+')
  await handle.datasync().finally(() => handle.close())
}

/**
 * A whole copy of a database in use, by SQLite's online backup: some pages a turn, and writes go on between. The copy
 * goes to the disk piece by piece, from another thread. Left to SQLite it would go there in the last turn, and hold the
 * event loop for as long; and in one go, every commit in the meantime would wait for it at the disk.
 */
export async function copyDatabase(sqlite: Database.Database, file: string): Promise<void> {
  let onDisk = 0
  let syncing = false
  const sync = async (copied: number): Promise<void> => {
    syncing = true
    // What this cannot say, the last turn's own sync does.
    await toDisk(file).catch(() => {})
    onDisk = copied
    syncing = false
  }
  await sqlite.backup(file, {
    progress({ totalPages, remainingPages }) {
      const copied = totalPages - remainingPages
      const last = remainingPages <= PAGES_A_TURN
      const ahead = copied - onDisk
      if (!syncing && (ahead >= PAGES_A_SYNC || (last && ahead > PAGES_A_TURN))) void sync(copied)
      return syncing && (last || ahead >= 2 * PAGES_A_SYNC) ? 0 : PAGES_A_TURN
    },
  })
}
