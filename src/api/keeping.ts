import { z } from 'zod'
import { done, moment, route } from './route.ts'

export const backupState = z.object({
  /** second-folder: copies are made on this laptop, but the second folder takes none. */
  state: z.enum(['none-yet', 'ok', 'second-folder', 'failed']),
  /** The newest copy. */
  lastAt: moment.nullable(),
  /** The second folder, if one is chosen. */
  folder: z.string().nullable(),
  message: z.string(),
})

const backups = backupState.extend({
  /** Newest first. */
  backups: z.array(z.object({ name: z.string(), folder: z.string(), at: moment, bytes: z.number() })),
})

/** A sealed file that is bigger is not handed out as a download. */
export const MOST_DOWNLOADED = 500_000_000

const passphrase = z.string().min(8, 'Give a passphrase of 8 characters or more.')

export const keeping = {
  backups: route('GET', '/backups', 'crew', 'Copies of the database, and how backing up goes').output(
    backups,
  ),
  backUp: route('POST', '/backups', 'crew', 'Makes a backup now').output(backups),
  backUpTo: route('POST', '/backups/copy', 'manager', "A copy into a new file on this laptop's disks")
    .input(z.object({ file: z.string() }))
    .output(done),
  setFolder: route('PUT', '/backups/folder', 'manager', 'A second folder for backups; null: none')
    .input(z.object({ folder: z.string().trim().min(1).nullable() }))
    .output(backups),
  moveOut: route('POST', '/move-out', 'manager', 'Seals all of this laptop into a new file on its disks')
    .input(z.object({ file: z.string(), passphrase, withKeys: z.boolean().default(false) }))
    .output(z.object({ file: z.string(), bytes: z.number(), keys: z.number().nullable() })),
  moveOutFile: route('POST', '/move-out/file', 'manager', 'The same sealed file as a download, up to 500 MB')
    .input(z.object({ passphrase, withKeys: z.boolean().default(false) }))
    .output(z.file()),
}
