import { AppError, isAppError } from '../core/errors.ts'

/** What an installed command answers its shell: 0 done, 1 failed, 2 not understood or not there yet. */
export type ExitCode = 0 | 1 | 2

/** Runs a command's work; trouble is said in words on the standard error. Undefined: it goes on until stopped. */
export async function runCommand(
  work: (args: readonly string[]) => Promise<ExitCode | undefined>,
): Promise<void> {
  try {
    const code = await work(process.argv.slice(2))
    if (code !== undefined) process.exitCode = code
  } catch (error) {
    const { text, code } = inWords(error)
    console.error(text)
    process.exit(code)
  }
}

/** Codes of calls come as errors of oRPC, with our code on them. */
export const codeOf = (error: unknown): string | null =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

function inWords(error: unknown): { readonly text: string; readonly code: ExitCode } {
  if (isAppError(error)) return { text: error.message, code: error.code === 'input.invalid' ? 2 : 1 }
  const code = codeOf(error)
  if (error instanceof Error && code !== null && /^[a-z-]+(\.[a-z-]+)?$/.test(code) && code !== 'internal') {
    return { text: error.message, code: code === 'input.invalid' ? 2 : 1 }
  }
  return { text: `This should not happen: ${error instanceof Error ? error.stack : String(error)}`, code: 1 }
}

/** For what a plan names and this version does not have. */
export const notYet = (what: string): AppError =>
  new AppError('input.invalid', `${what} is not there yet in this version of Trackside.`)
