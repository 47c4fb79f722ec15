import { tmpdir } from 'node:os'
import { resolve } from 'node:path'
import { AppError } from '../core/errors.ts'
import { type Keys, moveIn } from '../keeping/move.ts'
import type { Place, PutInPlace } from '../keeping/put-in-place.ts'
import { drill, restore as putBack } from '../keeping/restore.ts'
import { openSecrets } from '../secrets/open.ts'
import { findRunning } from '../server/running.ts'
import { movePassphrase } from './ask-passphrase.ts'
import type { AloneCommand, CliAnswer, CliCommand } from './cli-command.ts'
import { outside } from './project.ts'

const quiet = { info: () => {}, warn: () => {}, error: () => {} }

const placeOf = (dataFolder: string): Place => ({ ...outside(quiet), dataFolder })

const fileOf = (words: readonly string[]): string => {
  const [given] = words
  if (given === undefined) throw new AppError('input.invalid', 'FILE is missing. --help lists what there is.')
  return resolve(given)
}

const moment = (at: number): string => new Date(at).toISOString().replace('T', ' ').replace(/\..*/, ' UTC')

const inWords = ({ people, reads, lastChangeAt }: PutInPlace['holds']): string =>
  `${people} people, ${reads} reads, last change ${lastChangeAt === null ? 'none' : moment(lastChangeAt)}`

const keptInWords = (keptIn: string | null): readonly string[] =>
  keptIn === null ? [] : [`What it replaced is kept in ${keptIn}`]

/** @throws AppError conflict while the app works with the folder */
async function nobodyWorksWith(dataFolder: string): Promise<void> {
  const running = await findRunning(dataFolder, fetch)
  if (running === null) return
  const where = running.address === null ? 'in its window' : `at ${running.address}`
  throw new AppError(
    'conflict',
    `Trackside works with ${dataFolder}, ${where} (process ${running.pid}). Stop it first; nothing was changed.`,
  )
}

const backup: CliCommand = {
  usage: 'backup',
  help: 'a whole copy of the database into the backup folders, now; --to FILE: into a new file',
  async run({ client, values }) {
    if (values.to !== undefined) {
      const file = resolve(values.to)
      await client.keeping.backUpTo({ file })
      return { data: { file }, lines: [`Everything is in ${file}`], ok: true }
    }
    const answer = await client.keeping.backUp()
    const [newest] = answer.backups
    const made = newest === undefined ? [] : [`${newest.name}, ${newest.bytes} bytes, in ${newest.folder}`]
    return { data: answer, lines: [...made, answer.message], ok: answer.state === 'ok' }
  },
}

async function drilled(dataFolder: string): Promise<CliAnswer> {
  const answer = await drill(placeOf(dataFolder), tmpdir())
  const live = answer.live === null ? 'no database' : (answer.live.problem ?? inWords(answer.live))
  if (answer.backup === null)
    return { data: answer, lines: ['There is no backup.', `Live: ${live}`], ok: false }
  const { file, at, holds } = answer.backup
  const minutes = Math.round((Date.now() - at) / 60_000)
  const lines = [
    `${file}: ${holds.problem ?? inWords(holds)}`,
    `Live: ${live}`,
    holds.problem === null
      ? `The newest backup is good, and ${minutes} min old.`
      : 'THE NEWEST BACKUP IS NO GOOD.',
  ]
  return { data: answer, lines, ok: answer.ok }
}

const restore: AloneCommand = {
  usage: 'restore FILE',
  help: 'puts a backup in place, after a look through it; what it replaces is kept. --drill: only tries the newest',
  async alone({ dataFolder, words, values }) {
    if (values.drill) return drilled(dataFolder)
    const file = fileOf(words)
    await nobodyWorksWith(dataFolder)
    const answer = await putBack(placeOf(dataFolder), file)
    return {
      data: answer,
      lines: [`Restored: ${inWords(answer.holds)}`, ...keptInWords(answer.keptIn)],
      ok: true,
    }
  },
}

const moveOut: CliCommand = {
  usage: 'move-out FILE',
  help: 'seals all of this laptop into a new file for the spare one; --with-keys: the keys of connections too',
  async run({ client, words, values }) {
    const file = fileOf(words)
    const passphrase = await movePassphrase('new')
    const answer = await client.keeping.moveOut({ file, passphrase, withKeys: values.withKeys })
    const keys = answer.keys === null ? 'without keys' : `with ${answer.keys} keys`
    return {
      data: answer,
      lines: [
        `${answer.file}, ${answer.bytes} bytes, ${keys}`,
        'On the spare laptop: npm run cli -- move-in FILE. Stop Trackside here before it starts there.',
      ],
      ok: true,
    }
  },
}

const moveInto: AloneCommand = {
  usage: 'move-in FILE',
  help: 'takes over what another laptop sealed; what this data folder held is kept beside it',
  async alone({ dataFolder, words }) {
    const file = fileOf(words)
    await nobodyWorksWith(dataFolder)
    const passphrase = await movePassphrase('known')
    const keep = async (keys: Keys): Promise<void> => {
      const secrets = await openSecrets(dataFolder, process.env.TRACKSIDE_PASSPHRASE ?? null)
      if (!secrets.state().ok)
        throw new AppError(
          'secrets.locked',
          `${secrets.state().message} Set TRACKSIDE_PASSPHRASE. Nothing was changed.`,
        )
      for (const [account, secret] of Object.entries(keys)) await secrets.set(account, secret)
    }
    const answer = await moveIn(placeOf(dataFolder), { file, passphrase }, keep)
    const keys = answer.keys === null ? 'no keys: enter them again' : `${answer.keys} keys`
    return {
      data: answer,
      lines: [
        `From ${answer.from}, as of ${moment(answer.at)}: ${inWords(answer.holds)}; ${keys}`,
        ...keptInWords(answer.keptIn),
      ],
      ok: true,
    }
  },
}

export const KEEPING_COMMANDS: readonly (CliCommand | AloneCommand)[] = [backup, restore, moveOut, moveInto]
