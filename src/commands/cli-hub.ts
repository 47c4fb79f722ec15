import type { HubState } from '../api/hub.ts'
import { AppError } from '../core/errors.ts'
import type { CliAnswer, CliCommand } from './cli-command.ts'

const word = (words: readonly string[], what: string): string => {
  const given = words.join(' ')
  if (given === '') throw new AppError('input.invalid', `${what} is missing. --help lists what there is.`)
  return given
}

const stateWords = ({ state, on, port, addresses, message }: HubState): string => {
  if (message !== null) return message
  if (state !== 'running')
    return on ? `This laptop is to be the hub: ${state}.` : 'This laptop is not the hub.'
  return `This laptop is the hub, port ${port}, at ${addresses.join(' or ') || 'no network'}.`
}

const laptopLine = (laptop: HubState['laptops'][number]): string => {
  const state =
    laptop.revokedAt !== null
      ? 'code taken back'
      : laptop.joinedAt === null
        ? 'code not used yet'
        : laptop.connected
          ? 'connected'
          : 'not connected'
  return `  ${laptop.role}${laptop.name === null ? '' : ` (${laptop.name})`}: ${state}  ${laptop.login}`
}

const answer = (state: HubState): CliAnswer => ({
  data: state,
  lines: [stateWords(state), ...state.laptops.map(laptopLine)],
  ok: state.state !== 'failed',
})

const status: CliCommand = {
  usage: 'hub status',
  help: 'whether this laptop is the hub of the site, and who is on it',
  run: async ({ client }) => answer(await client.hub.status()),
}

const start: CliCommand = {
  usage: 'hub start',
  help: 'this laptop becomes the hub of the site, as long as Trackside runs; a port may be named',
  async run({ client, app, words }) {
    const [given] = words
    const port = given === undefined ? null : Number(given)
    if (port !== null && !Number.isInteger(port))
      throw new AppError('input.invalid', `“${given}” is no port. Give a number from 1024 to 65535.`)
    const { lines, ...rest } = answer(await client.hub.start({ port }))
    const ends =
      app === null ? [] : ['It is the hub whenever Trackside runs with this folder: npm run serve.']
    return { ...rest, lines: [...lines, ...ends] }
  },
}

const stop: CliCommand = {
  usage: 'hub stop',
  help: 'this laptop is the hub no longer; nothing is lost',
  run: async ({ client }) => answer(await client.hub.stop()),
}

const invite: CliCommand = {
  usage: 'hub invite ROLE',
  help: 'a code for one laptop, once; ROLE is what it is on the site: "Help desk"',
  async run({ client, words }) {
    const made = await client.hub.invite({ role: word(words, 'ROLE') })
    return { data: made, lines: [made.code], ok: true }
  },
}

const revoke: CliCommand = {
  usage: 'hub revoke LOGIN',
  help: 'takes the code of one laptop back; "hub status" has its login',
  run: async ({ client, words }) => answer(await client.hub.revoke({ login: word(words, 'LOGIN') })),
}

export const HUB_COMMANDS: readonly CliCommand[] = [status, start, stop, invite, revoke]
