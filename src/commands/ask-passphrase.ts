import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { AppError } from '../core/errors.ts'

const LEAST = 8

/** Nothing that is typed is shown. */
async function asked(question: string): Promise<string> {
  process.stderr.write(question)
  const output = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: process.stdin, output, terminal: true })
  try {
    return await lines.question('')
  } finally {
    lines.close()
    process.stderr.write('\n')
  }
}

/**
 * The passphrase of a moved file: `TRACKSIDE_MOVE_PASSPHRASE`, or asked for at the terminal; twice for a new one.
 * @throws AppError input.invalid
 */
export async function movePassphrase(use: 'new' | 'known'): Promise<string> {
  const given = process.env.TRACKSIDE_MOVE_PASSPHRASE
  if (given === undefined && !process.stdin.isTTY)
    throw new AppError('input.invalid', 'Nobody can be asked here: set TRACKSIDE_MOVE_PASSPHRASE.')
  const passphrase = given ?? (await asked('Passphrase of the file: '))
  if (use === 'known') return passphrase
  if (passphrase.length < LEAST)
    throw new AppError('input.invalid', `Give a passphrase of ${LEAST} characters or more.`)
  if (given === undefined && (await asked('The same again: ')) !== passphrase)
    throw new AppError('input.invalid', 'The two are not the same. Nothing was written.')
  return passphrase
}
