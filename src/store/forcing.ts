import { closeSync, fdatasync, openSync } from 'node:fs'
import { AppError } from '../core/errors.ts'

/** Brings the write-ahead log to the disk without holding the event loop for as long as the disk takes. */
export interface Forcing {
  /** Something was committed that is to be forced. */
  written(): void
  /**
   * Resolves when all that was committed before is on the disk; those who ask while one is under way share the next.
   * Rejects when the disk refuses, and from then on always: what it dropped nobody can know, so nothing is promised.
   */
  forced(): Promise<void>
  stop(): void
}

/** @param file the database's; its log is beside it as soon as something was written */
export function createForcing(file: string): Forcing {
  let log: number | null = null
  let isBehind = false
  let running: Promise<void> | null = null
  let next: Promise<void> | null = null
  let refused: AppError | null = null
  let stopped = false

  const closeLog = (): void => {
    if (log !== null) closeSync(log)
    log = null
  }
  const toDisk = (): Promise<void> =>
    new Promise((resolve, reject) => {
      // To be forced on Windows a file must be open for writing.
      log ??= openSync(`${file}-wal`, 'r+')
      isBehind = false
      fdatasync(log, error => (error === null ? resolve() : reject(error)))
    })
  const force = (): Promise<void> => {
    next = null
    running = toDisk()
      .catch(cause => {
        refused = new AppError(
          'store.unwritable',
          `The disk does not take what is written to ${file}. Restart Trackside; if it happens again, restore the last backup onto another disk.`,
          { cause },
        )
        throw refused
      })
      .finally(() => {
        running = null
        if (stopped) closeLog()
      })
    return running
  }

  return {
    written() {
      isBehind = true
    },
    forced() {
      if (refused !== null) return Promise.reject(refused)
      if (running === null) return isBehind ? force() : Promise.resolve()
      next ??= running.then(() => (isBehind ? force() : undefined))
      return next
    },
    stop() {
      stopped = true
      if (running === null) closeLog()
    },
  }
}
