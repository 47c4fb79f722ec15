import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { AppError } from '../../core/errors.ts'
import type { Binaries } from './binaries.ts'
import type { Certificate } from './certificate.ts'
import { runProgram } from './run-program.ts'
import type { ServerUser } from './server-user.ts'
import { ADMISSION, OWNER } from './settings.ts'

/** A server's folder, worked on while no server runs in it, and the server's start and end. */
export interface Cluster {
  readonly folder: string
  exists(): boolean
  /** Makes it; a make that was cut short is begun anew. */
  make(): Promise<void>
  /** @param password letters and digits */
  setPassword(password: string): Promise<void>
  configure(settings: string, certificate: Certificate): void
  /** Waits until it takes connections. */
  start(): Promise<void>
  /** Waits until it is gone: connections are cut, what was committed is on the disk. */
  stop(): Promise<void>
  /** The end of what the server wrote since its last start. */
  lastWords(): string
}

const LOG_LIMIT = 2_000
const TRIES = 20
const TRY_AFTER_MS = 500

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const SYSTEM =
  /^(path|pathext|home|tmpdir|temp|tmp|(ld|dyld)_library_path|system(root|drive)|windir|comspec|(local)?appdata|userprofile)$/i

/** What a program needs of the computer: passphrases and keys that Trackside was started with are no matter of a server's. */
const ofTheSystem = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => SYSTEM.test(name)))

/** @param home a folder of ours, which the server's user can reach */
export function createCluster(home: string, binaries: Binaries, user: ServerUser | null): Cluster {
  const folder = join(home, 'cluster')
  const logFile = join(home, 'server.log')
  const as = {
    ...(user ?? {}),
    cwd: home,
    env: { ...ofTheSystem(process.env), LC_ALL: 'C', TZ: 'UTC' },
  }

  const give = (file: string): void => {
    if (user !== null) chownSync(file, user.uid, user.gid)
  }
  const put = (name: string, content: string): void => {
    const file = join(folder, name)
    writeFileSync(`${file}.new`, content, { mode: 0o600 })
    give(`${file}.new`)
    renameSync(`${file}.new`, file)
  }
  const lastWords = (): string =>
    existsSync(logFile) ? readFileSync(logFile, 'utf8').trim().slice(-LOG_LIMIT) : ''

  return {
    folder,
    exists: () => existsSync(join(folder, 'PG_VERSION')),
    lastWords,
    async make() {
      const making = `${folder}.making`
      rmSync(making, { recursive: true, force: true })
      mkdirSync(making, { mode: 0o700 })
      give(making)
      try {
        await runProgram(
          binaries.initdb,
          [
            ...['--pgdata', making, '--username', OWNER, '--auth', 'reject', '--encoding', 'UTF8'],
            // The same order and the same lower case on every computer.
            ...['--locale', 'C', '--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8'],
            ...['--data-checksums', '--no-instructions'],
          ],
          as,
        )
      } catch (cause) {
        rmSync(making, { recursive: true, force: true })
        throw new AppError('hub.failed', `The hub's database could not be made: ${wordsOf(cause).trim()}`, {
          cause,
        })
      }
      renameSync(making, folder)
    },
    async setPassword(password) {
      const input = `ALTER ROLE ${OWNER} PASSWORD '${password}'\n`
      const args = ['--single', '-D', folder, 'postgres']
      const failed = (said: string, cause?: unknown): AppError =>
        new AppError('hub.failed', `The hub's database could not be opened: ${said.trim()}`, { cause })
      const said = await runProgram(binaries.postgres, args, { ...as, input }).catch((cause: unknown) => {
        throw failed(wordsOf(cause), cause)
      })
      // It ends well all the same.
      if (said.includes('ERROR')) throw failed(said)
    },
    configure(settings, certificate) {
      put('postgresql.conf', settings)
      put('pg_hba.conf', ADMISSION)
      put('server.key', certificate.key)
      put('server.crt', certificate.certificate)
    },
    async start() {
      for (let left = TRIES; ; left -= 1) {
        writeFileSync(logFile, '', { mode: 0o600 })
        give(logFile)
        try {
          await runProgram(binaries.control, ['start', '-D', folder, '-l', logFile, '-w', '-t', '60'], {
            ...as,
            leavesServer: true,
          })
          return
        } catch (cause) {
          const said = lastWords() || wordsOf(cause)
          // What a killed server left ends by itself within moments.
          if (left > 1 && said.includes('pre-existing shared memory')) await wait(TRY_AFTER_MS)
          else throw new AppError('hub.failed', `The hub's database did not start: ${said}`, { cause })
        }
      }
    },
    async stop() {
      const end = (mode: 'fast' | 'immediate') =>
        runProgram(binaries.control, ['stop', '-D', folder, '-m', mode, '-w', '-t', '20'], as)
      try {
        await end('fast')
      } catch {
        // It mends itself from its log at the next start.
        await end('immediate')
      }
    },
  }
}
