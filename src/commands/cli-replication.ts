import type { ReplicationStatus } from '../api/replication.ts'
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

export const REPLICATION_COMMANDS: readonly CliCommand[] = [show, run]
