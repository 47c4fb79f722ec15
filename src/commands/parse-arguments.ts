import { type ParseArgsConfig, parseArgs } from 'node:util'
import { AppError } from '../core/errors.ts'

type Options = NonNullable<ParseArgsConfig['options']>
type Parsed<options extends Options> = ReturnType<
  typeof parseArgs<{ readonly options: options; readonly allowPositionals: true }>
>

/** @throws AppError input.invalid, in words */
export function parseArguments<const options extends Options>(
  args: readonly string[],
  options: options,
): Parsed<options> {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true })
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    const [first = ''] = error.message.split('. ')
    throw new AppError('input.invalid', `${first.replace(/[.\s]+$/, '')}. --help lists what there is.`)
  }
}

/** @throws AppError input.invalid */
export function portOf(text: string | undefined, option: string, otherwise: number): number {
  if (text === undefined) return otherwise
  const port = Number(text)
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port
  throw new AppError(
    'input.invalid',
    `${option} wants a port from 0 to 65535 (0: a free one), not “${text}”.`,
  )
}

/** @throws AppError input.invalid for words that nobody asked for */
export function noWords(words: readonly string[]): void {
  if (words.length > 0) throw new AppError('input.invalid', `“${words.join(' ')}” was not expected here.`)
}
