import type { ProviderInfo } from '../api/connections.ts'
import type { Finding, Verified } from '../api/verification.ts'
import { AppError } from '../core/errors.ts'
import type { Client } from '../server/client.ts'
import type { CliCommand, CliValues } from './cli-command.ts'

/** Where a setting is looked for in the environment: PROVIDER_SETTING. */
const variableOf = (provider: string, setting: string): string =>
  `${provider}_${setting}`.toUpperCase().replace(/[^A-Z0-9]+/g, '_')

/** @throws AppError not-found */
async function providerBy(client: Client, given: string | undefined): Promise<ProviderInfo> {
  const { providers } = await client.connections.providers()
  const word = (given ?? '').toLowerCase()
  const found = providers.find(({ id, name }) => id === word || name.toLowerCase() === word)
  if (found !== undefined) return found
  const known = providers.map(({ id }) => id).join(', ')
  throw given === undefined
    ? new AppError('input.invalid', `PROVIDER is missing: ${known}.`)
    : new AppError('not-found', `There is no provider “${given}”. There is: ${known}.`)
}

/**
 * `--setting name=value`, for what is no secret: others read a command line.
 * @throws AppError input.invalid
 */
function settingsOf(provider: ProviderInfo, given: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    given.map(pair => {
      const at = pair.indexOf('=')
      const name = at === -1 ? pair : pair.slice(0, at)
      const setting = provider.settings.find(one => one.name === name)
      if (setting === undefined || at === -1) {
        const open = provider.settings.filter(({ secret }) => !secret).map(one => one.name)
        throw new AppError(
          'input.invalid',
          `--setting wants NAME=VALUE; ${provider.name} has ${open.join(', ')}.`,
        )
      }
      if (setting.secret)
        throw new AppError(
          'input.invalid',
          `${name} is a secret, and a command line is read by others: put it into the variable ${variableOf(provider.id, name)}.`,
        )
      return [name, pair.slice(at + 1)]
    }),
  )
}

interface Keys {
  readonly settings: Readonly<Record<string, string>>
  readonly credentials: Readonly<Record<string, string>>
}

/** From the environment. @throws AppError provider.keys-refused, naming what is not set */
function keysOf(provider: ProviderInfo, given: readonly string[]): Keys {
  const named = settingsOf(provider, given)
  const of = (secret: boolean): Record<string, string> =>
    Object.fromEntries(
      provider.settings
        .filter(setting => setting.secret === secret)
        .flatMap(({ name }) => {
          const value = named[name] ?? process.env[variableOf(provider.id, name)] ?? ''
          return value === '' ? [] : [[name, value]]
        }),
    )
  const [settings, credentials] = [of(false), of(true)]
  const missing = provider.settings.filter(
    ({ name, required }) => required && !settings[name] && !credentials[name],
  )
  if (missing.length === 0) return { settings, credentials }
  const words = missing.map(
    ({ name, label, secret }) =>
      `  ${variableOf(provider.id, name)}  ${label}${secret ? '' : ` (or --setting ${name}=…)`}`,
  )
  throw new AppError(
    'provider.keys-refused',
    `${provider.name} is checked with your own keys. Name a connection that has them (--connection NAME), or set:\n${words.join('\n')}`,
  )
}

async function connectionId(client: Client, given: string): Promise<string> {
  const { connections } = await client.connections.list()
  const found = connections.find(
    ({ id, connectionName }) => id === given || connectionName.toLowerCase() === given.toLowerCase(),
  )
  if (found !== undefined) return found.id
  const known = connections.map(one => `“${one.connectionName}”`).join(', ') || 'none yet'
  throw new AppError('not-found', `There is no connection “${given}”. There is: ${known}.`)
}

const WORDS: Readonly<Record<Finding['outcome'], string>> = {
  ok: 'ok',
  deviates: 'DEVIATES',
  failed: 'FAILED',
  skipped: 'skipped',
  cannot: 'cannot',
}

function linesOf(found: Finding): readonly string[] {
  const looked = found.outcome !== 'skipped' && found.outcome !== 'cannot'
  const came = looked ? `expected: ${found.expected}. Came: ${found.came}` : found.came
  const now = found.confirmed ? ' Was inferred; counts as observed with this account now.' : ''
  return [
    `${WORDS[found.outcome].padEnd(8)}  ${found.operation.padEnd(13)}  ${came}${came.endsWith('.') ? '' : '.'}${now}`,
    ...found.deviations.map(
      one =>
        `            ${one.call}: ${one.what}: expected ${one.expected}, came ${one.came}${one.times === 1 ? '' : ` (${one.times} times)`}`,
    ),
    ...(found.newFields.length === 0
      ? []
      : [`            new fields, which may be mapped: ${found.newFields.slice(0, 20).join(', ')}`]),
  ]
}

const many = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`

function reportOf(answer: Verified): readonly string[] {
  const deviating = answer.findings.filter(({ outcome }) => outcome === 'deviates')
  const deviations = deviating.reduce((sum, { deviations: some }) => sum + some.length, 0)
  const failed = answer.findings.filter(({ outcome }) => outcome === 'failed').length
  const host = answer.testHost === null ? '' : `, its test host. ${answer.testHost}`
  const parts = [
    ...(deviations === 0
      ? []
      : [`${many(deviations, 'deviation')} in ${many(deviating.length, 'operation')}`]),
    ...(failed === 0 ? [] : [`${failed} failed`]),
  ]
  return [
    `${answer.providerName} at ${answer.host === '' ? 'no host' : answer.host}${host}`,
    ...answer.findings.flatMap(linesOf),
    `${parts.length === 0 ? 'Nothing deviates' : parts.join(', ')}; ${many(answer.calls, 'call')}.`,
  ]
}

/** With the user's own keys, against the provider's test host where there is one. */
export const verify: CliCommand = {
  usage: 'verify PROVIDER',
  help: `holds what a provider really answers against what is known of it, with your own keys: --connection NAME, or from the
    environment (variables PROVIDER_SETTING) and --setting NAME=VALUE. Its test host where it has one; --live: the real one.
    Reads only. --event E --write sends one marked test entry, --registration ID --bib N a bib, --publish a test result`,
  makesFolder: true,
  async run({ client, words, values }) {
    const provider = await providerBy(client, words[0])
    const keys = values.connection === undefined ? keysOf(provider, values.setting) : null
    const answer = await client.verification.run({
      provider: provider.id,
      ...(keys ?? {
        connectionId: await connectionId(client, values.connection ?? ''),
        settings: settingsOf(provider, values.setting),
      }),
      ...choiceOf(values),
    })
    return { data: answer, lines: reportOf(answer), ok: answer.ok }
  },
}

const choiceOf = ({ live, event, write, bib, registration, publish }: CliValues) => ({
  ...{ live, write, publish },
  ...{ event: event ?? null, bib: bib ?? null, registration: registration ?? null },
})
