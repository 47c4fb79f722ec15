import { createReadStream, existsSync } from 'node:fs'
import { mkdir, open, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AppError, isAppError } from '../core/errors.ts'
import type { Store } from '../store/store.ts'
import { checkNewFile } from './backups.ts'
import {
  arrivingFile,
  dropArriving,
  inspected,
  type Place,
  type PutInPlace,
  putInPlace,
} from './put-in-place.ts'
import { readSealed, writeSealed } from './sealed-file.ts'
import { unwritable, wholeFile } from './whole-file.ts'

/** Keys by the account they are kept under. */
export type Keys = Readonly<Record<string, string>>

/** What stands before the database in the sealed file, with its length in four bytes. */
interface Manifest {
  readonly laptop: string
  /** Ms UTC. */
  readonly at: number
  /** Null: they stay where they are. */
  readonly keys: Keys | null
}

export interface MoveOut {
  readonly store: Store
  readonly dataFolder: string
  readonly file: string
  readonly passphrase: string
  readonly keys: Keys | null
  /** This laptop's name, for whoever opens the file. */
  readonly laptop: string
  /** Ms UTC. */
  readonly at: number
}

async function* packed(manifest: Manifest, database: string): AsyncGenerator<Uint8Array> {
  const text = Buffer.from(JSON.stringify(manifest))
  const length = Buffer.alloc(4)
  length.writeUInt32BE(text.length)
  yield Buffer.concat([length, text])
  yield* createReadStream(database, { highWaterMark: 1 << 20 }) as AsyncIterable<Uint8Array>
}

/**
 * Everything another laptop needs to go on, in one sealed file: a whole copy of the database, and the keys if wanted.
 * @returns its bytes
 * @throws AppError input.invalid, store.unwritable
 */
export async function moveOut(parts: MoveOut): Promise<number> {
  const { store, dataFolder, file, passphrase, ...manifest } = parts
  await checkNewFile(file)
  const copy = join(dataFolder, 'leaving.db')
  try {
    await rm(copy, { force: true })
    await store.backup(copy).catch(error => {
      throw unwritable(dataFolder, error)
    })
    const { laptop, at, keys } = manifest
    await wholeFile(file, part => writeSealed(part, passphrase, packed({ laptop, at, keys }, copy)))
    return (await stat(file)).size
  } catch (error) {
    throw isAppError(error) ? error : unwritable(dirname(file), error)
  } finally {
    for (const end of ['', '-journal']) await rm(`${copy}${end}`, { force: true })
  }
}

/** Takes the database out of the file. The manifest is shorter than a sealed chunk, so the first has all of it. */
async function unpack(file: string, passphrase: string, to: string): Promise<Manifest> {
  let manifest: Manifest | null = null
  const handle = await open(to, 'wx', 0o600).catch(error => {
    throw unwritable(dirname(to), error)
  })
  try {
    for await (const piece of readSealed(file, passphrase)) {
      const end = manifest === null ? 4 + piece.readUInt32BE(0) : 0
      manifest ??= JSON.parse(piece.subarray(4, end).toString('utf8')) as Manifest
      await handle.writeFile(piece.subarray(end)).catch(error => {
        throw unwritable(dirname(to), error)
      })
    }
    await handle.sync()
  } finally {
    await handle.close()
  }
  if (manifest === null) throw new AppError('input.invalid', `There is nothing in ${file}.`)
  return manifest
}

export interface MovedIn extends PutInPlace {
  readonly from: string
  /** Ms UTC of the copy. */
  readonly at: number
  /** How many keys came with it; null: it was made without. */
  readonly keys: number | null
}

/**
 * Takes over what another laptop sealed, into a data folder that nobody is working with; what it held is kept beside.
 * @param keep where keys go; asked before anything is replaced
 * @throws AppError not-found, input.invalid, secrets.locked, store.damaged, store.newer: nothing was changed then
 */
export async function moveIn(
  place: Place,
  sealed: { readonly file: string; readonly passphrase: string },
  keep: (keys: Keys) => Promise<void>,
): Promise<MovedIn> {
  const { file, passphrase } = sealed
  if (!existsSync(file)) throw new AppError('not-found', `There is no file ${file}.`)
  dropArriving(place)
  try {
    await mkdir(place.dataFolder, { recursive: true, mode: 0o700 })
    const { laptop, at, keys } = await unpack(file, passphrase, arrivingFile(place))
    const holds = inspected(place, arrivingFile(place), file)
    if (keys !== null) await keep(keys)
    const placed = putInPlace(place, holds, 'moved')
    return { ...placed, from: laptop, at, keys: keys === null ? null : Object.keys(keys).length }
  } finally {
    dropArriving(place)
  }
}
