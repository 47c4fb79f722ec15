import { existsSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { AppError } from '../core/errors.ts'
import { type Inspection, inspectDatabase } from '../store/inspect.ts'
import { backupsIn } from './backup-files.ts'
import { backupFolder } from './backups.ts'
import {
  arrivingFile,
  dropArriving,
  inspected,
  type Place,
  type PutInPlace,
  putInPlace,
} from './put-in-place.ts'
import { unwritable } from './whole-file.ts'

/** A database with its log, where it has one: a copy of a live one is nothing without it. */
async function copyWithLog(from: string, to: string): Promise<void> {
  await copyFile(from, to)
  if (existsSync(`${from}-wal`)) await copyFile(`${from}-wal`, `${to}-wal`)
}

/**
 * Puts a backup in the place of the data folder's database, which nobody may be working with. It is copied and looked
 * through first; what it replaces is kept beside it.
 * @throws AppError not-found, store.damaged, store.unwritable: nothing was changed then
 */
export async function restore(place: Place, file: string): Promise<PutInPlace> {
  if (!existsSync(file)) throw new AppError('not-found', `There is no file ${file}.`)
  dropArriving(place)
  try {
    await mkdir(place.dataFolder, { recursive: true, mode: 0o700 })
    await copyWithLog(file, arrivingFile(place)).catch(error => {
      throw unwritable(place.dataFolder, error)
    })
    return putInPlace(place, inspected(place, arrivingFile(place), file), 'restored')
  } finally {
    dropArriving(place)
  }
}

export interface Drill {
  /** Null: there is no backup at all. */
  readonly backup: { readonly file: string; readonly at: number; readonly holds: Inspection } | null
  /** The folder's own database; null where there is none. */
  readonly live: Inspection | null
  readonly ok: boolean
}

/**
 * Would the newest backup bring everything back? Opened as a copy in a folder of its own; nothing is changed, and the
 * app may run.
 * @param tempFolder where that folder is made
 */
export async function drill(place: Place, tempFolder: string): Promise<Drill> {
  const database = join(place.dataFolder, 'trackside.db')
  const live = existsSync(database) ? inspectDatabase({ ...place, file: database }) : null
  const second = live?.secondFolder ?? null
  const folders = [backupFolder(place.dataFolder), ...(second === null ? [] : [second])]
  const [newest] = (await Promise.all(folders.map(listed))).flat().sort((one, other) => other.at - one.at)
  if (newest === undefined) return { backup: null, live, ok: false }
  const folder = await mkdtemp(join(tempFolder, 'trackside-drill-'))
  try {
    const copy = join(folder, basename(newest.file))
    await copyWithLog(newest.file, copy)
    const holds = inspectDatabase({ ...place, file: copy })
    return { backup: { ...newest, holds }, live, ok: holds.problem === null }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const listed = async (folder: string) =>
  (await backupsIn(folder, null)).map(({ name, at }) => ({ file: join(folder, name), at }))
