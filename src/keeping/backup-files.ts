import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** A whole copy of the database, by its name: when it was made and by which laptop. */
export interface BackupFile {
  readonly name: string
  /** Ms UTC. */
  readonly at: number
  readonly bytes: number
}

const HOUR = 3_600_000
const DAY = 24 * HOUR
const KEPT_LAST = 12
const HOURLY_FOR = 2 * DAY
const DAILY_FOR = 30 * DAY

const NAME = /^trackside-(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)-(\d{3})Z-[0-9a-f]{6}\.db$/

/** Several laptops may share a stick: each keeps and drops its own. */
const ending = (laptopId: string): string => `-${laptopId.slice(-6)}.db`

/** Sorts by time. */
export const backupName = (at: number, laptopId: string): string =>
  `trackside-${new Date(at).toISOString().replace(/[:.]/g, '-')}${ending(laptopId)}`

const momentOf = (name: string): number | null => {
  const [, day, hours, minutes, seconds, ms] = NAME.exec(name) ?? []
  return day === undefined ? null : Date.parse(`${day}T${hours}:${minutes}:${seconds}.${ms}Z`)
}

/** When the newest of these files was made. */
export const newestOf = (names: readonly string[]): number | null => {
  const moments = names.flatMap(name => momentOf(name) ?? [])
  return moments.length === 0 ? null : Math.max(...moments)
}

/** A laptop's backups in a folder, or everybody's; newest first. None where there is no folder. */
export async function backupsIn(folder: string, laptopId: string | null): Promise<readonly BackupFile[]> {
  const names = await readdir(folder).catch(() => [])
  const files: BackupFile[] = []
  for (const name of names.filter(one => laptopId === null || one.endsWith(ending(laptopId)))) {
    const at = momentOf(name)
    const file = at === null ? null : await stat(join(folder, name)).catch(() => null)
    if (at !== null && file !== null) files.push({ name, at, bytes: file.size })
  }
  return files.sort((one, other) => other.at - one.at)
}

/** What a kill or a pulled stick left of a copy that was being written. */
export const halfWritten = async (folder: string, laptopId: string): Promise<readonly string[]> =>
  (await readdir(folder)).filter(name => name.includes(`${ending(laptopId)}.part`))

/** What is not kept: all but the last 12, then the last of each hour for two days, then of each day for 30. */
export function surplus(files: readonly BackupFile[], now: number): readonly BackupFile[] {
  const taken = new Set<string>()
  const first = (slot: string): boolean => !taken.has(slot) && taken.add(slot) !== undefined
  return files
    .toSorted((one, other) => other.at - one.at)
    .filter(({ at }, index) => {
      // Newest first, so the first of an hour here is its last; every file takes its places.
      const ofHour = first(`hour ${Math.floor(at / HOUR)}`) && now - at <= HOURLY_FOR
      const ofDay = first(`day ${Math.floor(at / DAY)}`) && now - at <= DAILY_FOR
      return !(index < KEPT_LAST || ofHour || ofDay)
    })
}
