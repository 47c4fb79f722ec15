import { constants, existsSync, readdirSync } from 'node:fs'
import { access, copyFile, mkdir, rm, stat } from 'node:fs/promises'
import { dirname, isAbsolute, join, relative } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { AppError } from '../core/errors.ts'
import type { Clock, Log, Service } from '../core/runtime.ts'
import type { Store } from '../store/store.ts'
import { type BackupFile, backupName, backupsIn, halfWritten, newestOf, surplus } from './backup-files.ts'
import { folderTrouble, unwritable, wholeFile } from './whole-file.ts'

export interface BackupState {
  /** second-folder: copies are made here, but not there. */
  readonly state: 'none-yet' | 'ok' | 'second-folder' | 'failed'
  /** Ms UTC of the newest copy, wherever it is. */
  readonly lastAt: number | null
  /** The second folder, if one is chosen. */
  readonly folder: string | null
  readonly message: string
}

export interface Backups extends Service {
  state(): BackupState
  /** Newest first, of the data folder and of the second one. */
  list(): Promise<readonly (BackupFile & { readonly folder: string })[]>
  /** @throws AppError store.unwritable when the data folder took no copy; the second folder's trouble is in the state */
  now(): Promise<void>
  /** A copy that no rule drops. @throws AppError input.invalid, store.unwritable */
  copyTo(file: string): Promise<void>
  /** Another disk or a stick; null: none. @throws AppError input.invalid */
  setFolder(folder: string | null, actor: string): Promise<void>
  onChange(listener: () => void): () => void
}

export interface BackupsParts {
  readonly store: Store
  readonly dataFolder: string
  readonly clock: Clock
  readonly log: Log
  readonly everyMs?: number
}

const EVERY_MS = 5 * 60_000
/** How long an end waits for a stick. */
const SECOND_AT_END_MS = 5000
const SETTING = 'backup_folder'

export const backupFolder = (dataFolder: string): string => join(dataFolder, 'backups')

/** Whole copies of the database: every five minutes when something changed, and at the end. */
export function createBackups({ store, dataFolder, clock, log, everyMs = EVERY_MS }: BackupsParts): Backups {
  const own = backupFolder(dataFolder)
  const listeners = new Set<() => void>()
  const { laptopId } = store
  let second = chosenFolder(store)
  /** Something is not in the newest copy yet: here, there. */
  let changed = true
  let secondBehind = true
  let trouble: string | null = null
  let secondTrouble: string | null = null
  let lastAt = existsSync(own) ? newestOf(readdirSync(own)) : null
  /** Made since the start: the newest by its name is another one where the wall clock was set back. */
  let lastMade: number | null = null
  let working: Promise<void> | null = null
  let secondWorking: Promise<void> | null = null
  let timer: NodeJS.Timeout | null = null
  store.onChange(() => {
    changed = true
  })

  const tell = (): void => {
    for (const listener of [...listeners]) listener()
  }

  const make = async (folder: string, at: number, fill: (part: string) => Promise<void>): Promise<void> => {
    for (const name of await halfWritten(folder, laptopId)) await rm(join(folder, name), { force: true })
    await wholeFile(join(folder, backupName(at, laptopId)), fill)
    lastAt = at
    for (const { name } of surplus(await backupsIn(folder, laptopId), at))
      await rm(join(folder, name), { force: true })
  }

  const ownCopy = async (): Promise<void> => {
    changed = false
    try {
      await mkdir(own, { recursive: true, mode: 0o700 })
      const at = clock()
      await make(own, at, part => store.backup(part))
      lastMade = at
      trouble = null
    } catch (error) {
      changed = true
      trouble = folderTrouble(own, error)
      log.error({ error: String(error) }, 'no backup could be made')
    }
    secondBehind = true
  }

  const secondCopy = async (folder: string): Promise<void> => {
    try {
      // Not made here: a stick that is not in would become a folder of the same disk.
      await stat(folder)
      const at = trouble === null ? (lastMade ?? (await backupsIn(own, laptopId))[0]?.at) : undefined
      if (at === undefined) await make(folder, clock(), part => store.backup(part))
      else await make(folder, at, part => copyFile(join(own, backupName(at, laptopId)), part))
      if (folder !== second) return
      secondTrouble = null
      secondBehind = false
    } catch (error) {
      if (folder !== second) return
      secondTrouble = folderTrouble(folder, error)
      log.warn({ error: String(error) }, 'the second backup folder took no copy')
    }
  }

  /** One at a time in each place; a share that hangs keeps nobody from the copy here. */
  const runOwn = (): Promise<void> => {
    working ??= ownCopy().finally(() => {
      working = null
      tell()
    })
    return working
  }
  const runSecond = (): Promise<void> => {
    if (second === null || !secondBehind) return Promise.resolve()
    if (secondWorking !== null) return secondWorking
    const work = secondCopy(second).finally(() => {
      if (secondWorking === work) secondWorking = null
      tell()
    })
    secondWorking = work
    return work
  }

  const copyWhatChanged = async (): Promise<void> => {
    if (changed) await runOwn()
    await runSecond()
  }

  return {
    state() {
      const here = { lastAt, folder: second }
      if (trouble !== null)
        return { ...here, state: 'failed', message: `No backup could be made: ${trouble}.` }
      if (lastAt === null) return { ...here, state: 'none-yet', message: 'There is no backup yet.' }
      if (second === null) return { ...here, state: 'ok', message: `Copies are in ${own}.` }
      if (secondTrouble !== null) {
        return {
          ...here,
          state: 'second-folder',
          message: `${secondTrouble}: copies are on this laptop only.`,
        }
      }
      return { ...here, state: 'ok', message: `Copies are in ${own} and in ${second}.` }
    },
    async list() {
      const listed = async (folder: string) =>
        (await backupsIn(folder, null)).map(file => ({ ...file, folder }))
      const all = [...(await listed(own)), ...(second === null ? [] : await listed(second))]
      return all.sort((one, other) => other.at - one.at)
    },
    async now() {
      await working
      await runOwn()
      if (trouble !== null) throw new AppError('store.unwritable', `No backup could be made: ${trouble}.`)
      await runSecond()
    },
    async copyTo(file) {
      await checkNewFile(file)
      try {
        await wholeFile(file, part => store.backup(part))
      } catch (error) {
        throw unwritable(dirname(file), error)
      }
    },
    async setFolder(folder, actor) {
      if (folder !== null) await checkSecondFolder(folder, dataFolder)
      store.write(writer => {
        writer.put('settings', { key: SETTING, value: folder, updatedAt: writer.at })
        const [before, after] = [second, folder]
        writer.audit({ action: 'backup folder', table: 'settings', rowId: SETTING, before, after })
      }, actor)
      second = folder
      secondTrouble = null
      secondBehind = true
      secondWorking = null
      tell()
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async start() {
      timer ??= setInterval(() => void copyWhatChanged(), everyMs)
    },
    async stop() {
      await working
      if (timer === null) return
      clearInterval(timer)
      timer = null
      if (changed) await runOwn()
      const patience = new AbortController()
      await Promise.race([
        runSecond(),
        wait(SECOND_AT_END_MS, undefined, { signal: patience.signal }).catch(() => {}),
      ])
      patience.abort()
    },
  }
}

function chosenFolder(store: Store): string | null {
  const row = store.read.get<{ value: string | null }>('SELECT value FROM settings WHERE key = ?', SETTING)
  const value: unknown = row?.value == null ? null : JSON.parse(row.value)
  return typeof value === 'string' ? value : null
}

/** @throws AppError input.invalid */
async function checkSecondFolder(folder: string, dataFolder: string): Promise<void> {
  if (!isAbsolute(folder))
    throw new AppError('input.invalid', 'folder: give the whole path, from the root of the disk.')
  const inside = relative(dataFolder, folder)
  if (!inside.startsWith('..') && !isAbsolute(inside))
    throw new AppError('input.invalid', 'folder: choose one outside the data folder, best on another disk.')
  try {
    if (!(await stat(folder)).isDirectory())
      throw Object.assign(new Error('not a folder'), { code: 'ENOTDIR' })
    await access(folder, constants.W_OK)
  } catch (error) {
    throw new AppError('input.invalid', `${folderTrouble(folder, error)}.`, { cause: error })
  }
}

/** A file to be made at the asker's word never takes another one's place. @throws AppError input.invalid */
export async function checkNewFile(file: string): Promise<void> {
  if (!isAbsolute(file)) throw new AppError('input.invalid', 'file: give the whole path.')
  const there = await stat(file).catch(() => null)
  if (there !== null)
    throw new AppError('input.invalid', `${file} is there already. Choose another name, or move it away.`)
}
