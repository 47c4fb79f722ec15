import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '../core/errors.ts'
import type { Clock } from '../core/runtime.ts'
import { type Inspection, inspectDatabase } from '../store/inspect.ts'
import { type Arrival, startNewLaptop } from '../store/new-laptop.ts'

/** The data folder of a Trackside that does not run, and what its database is opened with. */
export interface Place {
  readonly dataFolder: string
  readonly migrations: string
  readonly clock: Clock
  readonly nativeBinding?: string | undefined
}

export interface PutInPlace {
  readonly holds: Inspection
  /** Where what was replaced is kept; null: there was nothing. */
  readonly keptIn: string | null
}

const DATABASE = 'trackside.db'

/** Beside the database, under a name that nobody opens, until it is found good. */
export const arrivingFile = ({ dataFolder }: Place): string => join(dataFolder, 'arriving.db')

export function dropArriving(place: Place): void {
  for (const end of ['', '-wal', '-shm', '-journal']) rmSync(`${arrivingFile(place)}${end}`, { force: true })
}

/** @throws AppError store.damaged when it is no good */
export function inspected(place: Place, file: string, shownAs: string): Inspection {
  const holds = inspectDatabase({ ...place, file })
  if (holds.problem === null) return holds
  throw new AppError('store.damaged', `${shownAs} is no good: ${holds.problem}. Nothing was changed.`)
}

/** Takes the arrived database for the folder's own; what was there is kept beside it. */
export function putInPlace(place: Place, holds: Inspection, arrival: Arrival): PutInPlace {
  startNewLaptop({ ...place, file: arrivingFile(place) }, arrival)
  const keptIn = setAside(place, arrival)
  renameSync(arrivingFile(place), join(place.dataFolder, DATABASE))
  return { holds, keptIn }
}

/** The database with its log, or SQLite would take the old log for the new database's. */
function setAside({ dataFolder, clock }: Place, arrival: Arrival): string | null {
  const database = [DATABASE, `${DATABASE}-wal`, `${DATABASE}-shm`]
  // A moved one brings none of the backups here: they would be taken for its own.
  const names = [...database, ...(arrival === 'moved' ? ['backups'] : [])].filter(name =>
    existsSync(join(dataFolder, name)),
  )
  if (names.length === 0) return null
  const folder = join(dataFolder, `replaced-${new Date(clock()).toISOString().replace(/[:.]/g, '-')}`)
  mkdirSync(folder, { mode: 0o700 })
  for (const name of names) renameSync(join(dataFolder, name), join(folder, name))
  return folder
}
