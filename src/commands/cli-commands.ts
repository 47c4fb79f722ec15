import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { AppError } from '../core/errors.ts'
import { ROLES } from '../core/model.ts'
import type { Client } from '../server/client.ts'
import { CENTRAL_COMMANDS } from './cli-central.ts'
import type { AloneCommand, CliCommand } from './cli-command.ts'
import { doctor } from './cli-doctor.ts'
import { HUB_COMMANDS } from './cli-hub.ts'
import { KEEPING_COMMANDS } from './cli-keeping.ts'
import { REPLICATION_COMMANDS } from './cli-replication.ts'
import { verify } from './cli-verify.ts'

const FORMATS = ['chronotrack-controller', 'ctff01', 'csv'] as const

/** @throws AppError input.invalid, naming what there is */
function oneOf<const word extends string>(
  words: readonly word[],
  given: string | undefined,
  what: string,
): word {
  const found = words.find(word => word === given)
  if (found !== undefined) return found
  throw new AppError(
    'input.invalid',
    `${what} is one of ${words.join(', ')}; “${given ?? ''}” is none of them.`,
  )
}

/** By id or by name. @throws AppError not-found */
function pick<item extends { readonly id: string }>(
  items: readonly item[],
  nameOf: (item: item) => string,
  given: string,
  what: string,
): item {
  const byName = items.filter(item => nameOf(item).toLowerCase() === given.toLowerCase())
  const found = items.find(({ id }) => id === given) ?? (byName.length === 1 ? byName[0] : undefined)
  if (found !== undefined) return found
  const known = items.map(item => `“${nameOf(item)}” (${item.id})`).join(', ') || 'none yet'
  throw new AppError('not-found', `There is no ${what} “${given}”. There is: ${known}.`)
}

const connectionBy = async (client: Client, given: string) =>
  pick((await client.connections.list()).connections, item => item.connectionName, given, 'connection')

const word = (words: readonly string[], at: number, what: string): string => {
  const given = words[at]
  if (given === undefined)
    throw new AppError('input.invalid', `${what} is missing. --help lists what there is.`)
  return given
}

const runSync: CliCommand = {
  usage: 'sync run CONNECTION',
  help: 'runs a connection and waits for its end; --full reads everything anew; --anyway takes it over from another laptop; --operation events | participants | results',
  async run({ client, words, values }) {
    const { id: connectionId } = await connectionBy(client, word(words, 0, 'CONNECTION'))
    const operation = oneOf(
      ['events', 'participants', 'results'] as const,
      values.operation ?? 'participants',
      '--operation',
    )
    const answer = await client.sync.manual({
      connectionId,
      operation,
      full: values.full,
      anyway: values.anyway,
      wait: true,
    })
    const ended = answer.operation
    const counts = ended
      ? [
          `${ended.status}: ${ended.processedRecords} looked at, ${ended.addedRecords} new, ${ended.changedRecords} changed, ` +
            `${ended.goneRecords} gone, ${ended.pushedRecords} pushed, ${ended.heldRecords} held, ${ended.errorRecords} refused; ${ended.calls} calls`,
        ]
      : []
    return {
      data: answer,
      lines: [answer.message, ...counts],
      ok: answer.success && ended?.status !== 'failed',
    }
  },
}

const reconcile: CliCommand = {
  usage: 'reconcile CONNECTION',
  help: 'compares scoring with the people here, and exits with 1 where they differ; --repair pushes those again that are ours; --anyway takes the connection over from another laptop',
  async run({ client, words, values }) {
    const { id: connectionId } = await connectionBy(client, word(words, 0, 'CONNECTION'))
    const found = await client.reconciliation.run({ connectionId, wait: true, anyway: values.anyway })
    const { operation } = found
    if (operation?.status !== 'completed') {
      const why = operation?.errorMessage ?? 'Not compared.'
      return { data: found, lines: [`${operation?.status ?? 'failed'}: ${why}`], ok: false }
    }
    const lines = [
      `${found.discrepancyPercent.toFixed(2)} % of all people differ: ${found.inBoth} in both, ${found.onlyInSource} only here, ` +
        `${found.onlyInTarget} only there, ${found.differing} differing, ${found.goneInSource} gone here and still there`,
      ...found.fields.map(({ field, people }) => `  ${field}\t${people}`),
    ]
    if (!values.repair || found.toRepair === 0)
      return { data: found, lines, ok: found.discrepancyPercent === 0 }
    const repaired = await client.reconciliation.repair({ connectionId, wait: true, anyway: values.anyway })
    const counts = `repair ${repaired.status}: ${repaired.pushedRecords} pushed, ${repaired.heldRecords} held, ${repaired.errorRecords} refused`
    return {
      data: { ...found, repair: repaired },
      lines: [...lines, repaired.errorMessage === null ? counts : `${counts}. ${repaired.errorMessage}`],
      ok: repaired.status === 'completed' && repaired.errorRecords === 0,
    }
  },
}

const lookup: CliCommand = {
  usage: 'lookup QUERY',
  help: 'who is it: bib, chip or any part of a name; --race-day ID narrows it',
  async run({ client, words, values }) {
    const q = word([words.join(' ')].filter(Boolean), 0, 'QUERY')
    const answer = await client.raceDay.lookup({
      q,
      ...(values.raceDay ? { raceDayId: values.raceDay } : {}),
    })
    const lines = answer.matches.map(found =>
      [
        found.bibNumber ?? '–',
        `${found.firstName ?? ''} ${found.lastName ?? ''}`.trim(),
        found.eventName,
        found.participantStatus,
        `${found.reads.length} reads`,
      ].join('\t'),
    )
    return {
      data: answer,
      lines: lines.length > 0 ? lines : [`Nobody found for “${q}”.`],
      ok: lines.length > 0,
    }
  },
}

const importReads: CliCommand = {
  usage: 'reads import FILE',
  help: `a controller's file; --session S (id or name), --location L, --format ${FORMATS.join(' | ')};
    of a CSV file also --columns chip=HEADER,time=HEADER (bib, date, location, device, antenna, rssi)`,
  async run({ client, words, values }) {
    const path = word(words, 0, 'FILE')
    if (values.session === undefined) throw new AppError('input.invalid', '--session is missing.')
    const { sessions } = await client.timing.sessions()
    const session = pick(sessions, item => item.sessionName, values.session, 'session')
    const answer = await client.timing.import({
      sessionId: session.id,
      ...(values.location === undefined ? {} : { location: values.location }),
      format: oneOf(FORMATS, values.format ?? 'chronotrack-controller', '--format'),
      ...(values.columns === undefined ? {} : { csvColumns: columnsOf(values.columns) }),
      file: new File([readText(path)], basename(path)),
      fileName: basename(path),
    })
    const refused = answer.refused.slice(0, 20).map(({ line, reason }) => `  line ${line}: ${reason}`)
    const counts = `${answer.lines} lines: ${answer.new} new, ${answer.redelivered} known already, ${answer.refusedCount} refused`
    return {
      data: answer,
      lines: [counts, ...refused],
      ok: answer.lines === 0 || answer.refusedCount < answer.lines,
    }
  },
}

/** @throws AppError input.invalid */
function columnsOf(text: string): { readonly time: string; readonly [key: string]: string } {
  const { time, ...others } = Object.fromEntries(
    text.split(',').map(pair => [pair.slice(0, pair.indexOf('=')).trim(), pair.slice(pair.indexOf('=') + 1)]),
  )
  if (time === undefined) throw new AppError('input.invalid', '--columns needs time=HEADER.')
  return { time, ...others }
}

function readText(path: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(readFileSync(path))
  } catch (error) {
    throw new AppError('input.invalid', `The file ${path} cannot be read.`, { cause: error })
  }
}

const connections: CliCommand = {
  usage: 'connections',
  help: 'all connections and how they are',
  async run({ client }) {
    const answer = await client.connections.list()
    const lines = answer.connections.map(item =>
      [
        item.id,
        item.connectionName,
        `${item.sourceProvider} → ${item.targetProvider}`,
        `${item.participants} participants`,
        item.scheduleInWords,
        `last run: ${item.recent[0]?.status ?? 'none yet'}`,
      ].join('\t'),
    )
    return { data: answer, lines: lines.length > 0 ? lines : ['No connections yet.'], ok: true }
  },
}

const addToken: CliCommand = {
  usage: 'token add NAME ROLE',
  help: `a token for a program or a person; ROLE is ${ROLES.join(', ')}. Shown this once`,
  async run({ app, words }) {
    const name = word(words, 0, 'NAME')
    const role = oneOf(ROLES, words[1], 'ROLE')
    if (app === null) {
      throw new AppError(
        'conflict',
        'Trackside runs with this folder. Stop it, add the token, start it again.',
      )
    }
    const token = app.access.add(name, role)
    return { data: { name, role, token }, lines: [token], ok: true }
  },
}

export const CLI_COMMANDS: readonly (CliCommand | AloneCommand)[] = [
  runSync,
  reconcile,
  lookup,
  importReads,
  connections,
  doctor,
  verify,
  addToken,
  ...KEEPING_COMMANDS,
  ...HUB_COMMANDS,
  ...REPLICATION_COMMANDS,
  ...CENTRAL_COMMANDS,
]
