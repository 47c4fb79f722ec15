import './node-guard.ts'
import { AppError } from '../core/errors.ts'
import type { AloneCommand, CliAnswer, CliCommand, CliValues } from './cli-command.ts'
import { CLI_COMMANDS } from './cli-commands.ts'
import { openClient } from './open-client.ts'
import { parseArguments } from './parse-arguments.ts'
import { dataFolderOf } from './project.ts'
import { codeOf, messageOf, notYet, runCommand } from './run-command.ts'

/** Named in the plan, and said to be missing rather than unknown. */
const NOT_YET = ['replay']

const isName = (part: string): boolean => part === part.toLowerCase()
const namesOf = ({ usage }: Pick<CliCommand, 'usage'>): readonly string[] => usage.split(' ').filter(isName)

const help = (): string => {
  const width = Math.max(...CLI_COMMANDS.map(({ usage }) => usage.length))
  const lines = CLI_COMMANDS.map(({ usage, help: words }) => `  ${usage.padEnd(width)}  ${words}`)
  return `npm run cli -- COMMAND [--data DIR] [--json]

${lines.join('\n')}

  --data DIR  the data folder (default: this user's own place). When Trackside runs with it, that one is asked.
  --json      the answer as JSON. Every command exits non-zero when it failed.`
}

function commandOf(words: readonly string[]): {
  readonly command: CliCommand | AloneCommand
  readonly rest: readonly string[]
} {
  const command = CLI_COMMANDS.find(one => namesOf(one).every((name, index) => words[index] === name))
  if (command !== undefined) return { command, rest: words.slice(namesOf(command).length) }
  const [first = ''] = words
  if (NOT_YET.includes(first)) throw notYet(`“${first}”`)
  throw new AppError('input.invalid', `There is no command “${words.join(' ')}”.\n\n${help()}`)
}

async function answered(
  command: CliCommand | AloneCommand,
  parts: { readonly dataFolder: string; readonly words: readonly string[]; readonly values: CliValues },
): Promise<CliAnswer> {
  if ('alone' in command) return command.alone(parts)
  const { client, app, close } = await openClient(parts.dataFolder, command.makesFolder ?? false)
  try {
    return await command.run({ ...parts, client, app })
  } finally {
    await close()
  }
}

type Given = { readonly [name in keyof CliValues]?: CliValues[name] | undefined } & {
  readonly 'with-keys'?: boolean | undefined
  readonly 'race-day'?: string | undefined
}

/** What was not given is off or not there. */
const valuesOf = (given: Given): CliValues => ({
  ...{ operation: given.operation, session: given.session, location: given.location },
  ...{ format: given.format, columns: given.columns, to: given.to, connection: given.connection },
  ...{ event: given.event, bib: given.bib, registration: given.registration, url: given.url },
  ...{ from: given.from, partner: given.partner, host: given.host, ca: given.ca, pin: given.pin ?? false },
  ...{ name: given.name, reason: given.reason, partitions: given.partitions },
  ...{ full: given.full ?? false, drill: given.drill ?? false, repair: given.repair ?? false },
  anyway: given.anyway ?? false,
  ...{ live: given.live ?? false, write: given.write ?? false, publish: given.publish ?? false },
  setting: given.setting ?? [],
  withKeys: given['with-keys'] ?? false,
  raceDay: given['race-day'],
})

await runCommand(async args => {
  const { values, positionals } = parseArguments(args, {
    data: { type: 'string' },
    json: { type: 'boolean' },
    full: { type: 'boolean' },
    operation: { type: 'string' },
    'race-day': { type: 'string' },
    session: { type: 'string' },
    location: { type: 'string' },
    columns: { type: 'string' },
    format: { type: 'string' },
    to: { type: 'string' },
    'with-keys': { type: 'boolean' },
    drill: { type: 'boolean' },
    repair: { type: 'boolean' },
    anyway: { type: 'boolean' },
    connection: { type: 'string' },
    setting: { type: 'string', multiple: true },
    live: { type: 'boolean' },
    event: { type: 'string' },
    write: { type: 'boolean' },
    bib: { type: 'string' },
    registration: { type: 'string' },
    publish: { type: 'boolean' },
    url: { type: 'string' },
    from: { type: 'string' },
    partner: { type: 'string' },
    host: { type: 'string' },
    ca: { type: 'string' },
    pin: { type: 'boolean' },
    name: { type: 'string' },
    reason: { type: 'string' },
    partitions: { type: 'string' },
    help: { type: 'boolean' },
  })
  if (values.help || positionals.length === 0) {
    console.log(help())
    return values.help ? 0 : 2
  }
  const { command, rest } = commandOf(positionals)
  const dataFolder = dataFolderOf(values.data)
  try {
    const answer = await answered(command, { dataFolder, words: rest, values: valuesOf(values) })
    console.log(values.json ? JSON.stringify(answer.data, null, 2) : answer.lines.join('\n'))
    return answer.ok ? 0 : 1
  } catch (error) {
    if (values.json)
      console.log(JSON.stringify({ error: { code: codeOf(error), message: messageOf(error) } }))
    throw error
  }
})
