import type { ReplicationStatus } from '../api/replication.ts'
import { AppError } from '../core/errors.ts'
import type { CliAnswer, CliCommand } from './cli-command.ts'

const NAMES = { central: 'central database', hub: 'hub' } as const

function answerOf(status: ReplicationStatus): CliAnswer {
  const lines =
    status.peers.length === 0
      ? [`This laptop ${status.words}.`]
      : status.peers.flatMap(({ kind, name, words, message }) => [
          `${NAMES[kind]} ${name}: ${words}`,
          ...(message === null ? [] : [`  ${message}`]),
        ])
  return { data: status, lines, ok: true }
}

const show: CliCommand = {
  usage: 'replication status',
  help: 'how far this laptop, the central database and the hub are in step',
  run: async ({ client }) => answerOf(await client.replication.status()),
}

const run: CliCommand = {
  usage: 'replication run',
  help: 'tries them all now, and says how far it came',
  async run({ client }) {
    const status = await client.replication.run()
    return { ...answerOf(status), ok: status.peers.every(({ state }) => state === 'in-step') }
  },
}

const reach: CliCommand = {
  usage: 'replication reach ADDRESS',
  help: 'the hub that was joined has another address now (host or host:port); its certificate is checked as before',
  async run({ client, words }) {
    const { peers } = await client.replication.status()
    const hub = peers.find(({ kind }) => kind === 'hub')
    const [address] = words
    if (address === undefined) throw new AppError('input.invalid', 'ADDRESS is missing.')
    if (hub === undefined) throw new AppError('not-found', 'This laptop has joined no hub.')
    const peer = await client.replication.reach({ id: hub.id, address })
    return { data: peer, lines: [`hub ${peer.name}: found at ${address}`], ok: true }
  },
}

export const REPLICATION_COMMANDS: readonly CliCommand[] = [show, run, reach]
