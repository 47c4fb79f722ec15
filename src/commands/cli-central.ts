import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '../core/errors.ts'
import { connectLogin, isLoopback, loginOfUrl } from '../replication/central/connect.ts'
import { inviteAdmin, inviteLaptop, revokeLogin, setPartnerDisabled } from '../replication/central/invite.ts'
import { checkSchema, migrateCentral } from '../replication/central/migrate.ts'
import { addPartner, partnerBy } from '../replication/central/partners.ts'
import { serverCertificate } from '../replication/central/server-certificate.ts'
import { formatConnectionCode, type Login, type Trust } from '../replication/connection-code.ts'
import type { AloneCommand, CliAnswer, CliValues } from './cli-command.ts'
import { importLegacyCommand, peopleCommand } from './cli-legacy.ts'
import { ROOT } from './project.ts'

const MIGRATIONS = join(ROOT, 'drizzle', 'central')
const DAY_MS = 24 * 60 * 60_000
/** A code is for the next days, not for the season. */
const CODE_LASTS_MS = 7 * DAY_MS

const ownersLogin = (values: CliValues): Login => loginOfUrl(values.url ?? process.env.DATABASE_URL)

async function asOwner(
  values: CliValues,
  work: (owner: Awaited<ReturnType<typeof connectLogin>>, login: Login) => Promise<CliAnswer>,
  schema: 'needed' | 'made' = 'needed',
): Promise<CliAnswer> {
  const login = ownersLogin(values)
  const client = await connectLogin(login)
  try {
    if (schema === 'needed') await checkSchema(client, MIGRATIONS)
    return await work(client, login)
  } finally {
    await client.end()
  }
}

const said = (words: readonly string[], what: string): string => {
  const text = words.join(' ').trim()
  if (text === '') throw new AppError('input.invalid', `${what} is missing. --help lists what there is.`)
  return text
}

async function trustFor(values: CliValues, host: string, port: number): Promise<Trust> {
  if (values.ca !== undefined) return { kind: 'authority', pem: readFileSync(values.ca, 'utf8') }
  if (!values.pin) return { kind: 'system' }
  return { kind: 'fingerprint', sha256: (await serverCertificate(host, port, 15_000)).sha256 }
}

/** @throws AppError input.invalid */
function partsOf(text: string | undefined): number | null {
  if (text === undefined) return null
  const parts = Number(text)
  if (Number.isInteger(parts) && parts >= 2 && parts <= 256) return parts
  throw new AppError('input.invalid', `--partitions wants a number from 2 to 256, not “${text}”.`)
}

const migrate: AloneCommand = {
  usage: 'central migrate',
  help: 'brings a central database to what this program knows; --url URL or DATABASE_URL: its owner’s, as in all of these; --partitions N: a new one, cut by partner',
  alone: ({ values }) =>
    asOwner(
      values,
      async owner => {
        const applied = await migrateCentral(owner, MIGRATIONS, partsOf(values.partitions))
        const lines =
          applied.length === 0 ? ['Nothing to do: it has all of it.'] : applied.map(name => `applied ${name}`)
        return { data: { applied }, lines, ok: true }
      },
      'made',
    ),
}

const partner: AloneCommand = {
  usage: 'central add-partner NAME',
  help: 'a timing partner, with the number that the database gives',
  alone: ({ values, words }) =>
    asOwner(values, async owner => {
      const made = await addPartner(owner, said(words, 'NAME'))
      return { data: made, lines: [`${made.name} is partner ${made.id}`], ok: true }
    }),
}

const invite: AloneCommand = {
  usage: 'central invite PARTNER',
  help: 'a login for one laptop, as a connection code for a week; --name LAPTOP, --host as laptops reach it, --ca FILE or --pin',
  alone: ({ values, words }) =>
    asOwner(values, async (owner, login) => {
      const of = await partnerBy(owner, said(words, 'PARTNER'))
      const host = values.host ?? login.hosts[0] ?? ''
      const trust = await trustFor(values, host, login.port)
      const expiresAt = Date.now() + CODE_LASTS_MS
      const invited = await inviteLaptop(owner, { partner: of, holder: values.name ?? 'a laptop', expiresAt })
      const { port, database } = login
      const code = formatConnectionCode({
        ...{ kind: 'central', name: of.name, expiresAt },
        login: { hosts: [host], port, database, user: invited.user, password: invited.password, trust },
      })
      const warning = isLoopback(host)
        ? ['This code reaches the database from this computer only: --host.']
        : []
      return {
        data: { code, login: invited.user, expiresAt },
        lines: [
          code,
          `For one laptop of ${of.name}, once, until ${new Date(expiresAt).toISOString()}.`,
          ...warning,
        ],
        ok: true,
      }
    }),
}

const admin: AloneCommand = {
  usage: 'central admin NAME',
  help: 'a login for an admin, who acts for a partner only after act_for(partner, reason). Shown this once',
  alone: ({ values, words }) =>
    asOwner(values, async owner => {
      const invited = await inviteAdmin(owner, said(words, 'NAME'))
      return { data: invited, lines: [`login ${invited.user}`, `password ${invited.password}`], ok: true }
    }),
}

const revoke: AloneCommand = {
  usage: 'central revoke LOGIN',
  help: 'takes a login back: its sessions end, and it opens nothing any more; --reason WHY',
  alone: ({ values, words }) =>
    asOwner(values, async owner => {
      const login = said(words, 'LOGIN')
      await revokeLogin(owner, login, values.reason ?? 'revoked by the owner')
      return { data: { login }, lines: [`${login} is taken back.`], ok: true }
    }),
}

const disable: AloneCommand = {
  usage: 'central disable PARTNER',
  help: 'closes a partner’s rows to all its laptops, which are told why; --reason WHY. “central enable” opens them again',
  alone: ({ values, words }) =>
    asOwner(values, async owner => {
      const of = await partnerBy(owner, said(words, 'PARTNER'))
      if (values.reason === undefined)
        throw new AppError('input.invalid', '--reason is missing: the crews read it.')
      await setPartnerDisabled(owner, of, { reason: values.reason })
      return { data: of, lines: [`${of.name} is disabled.`], ok: true }
    }),
}

const enable: AloneCommand = {
  usage: 'central enable PARTNER',
  help: 'opens a partner’s rows again',
  alone: ({ values, words }) =>
    asOwner(values, async owner => {
      const of = await partnerBy(owner, said(words, 'PARTNER'))
      await setPartnerDisabled(owner, of, null)
      return { data: of, lines: [`${of.name} is enabled.`], ok: true }
    }),
}

export const CENTRAL_COMMANDS: readonly AloneCommand[] = [
  migrate,
  partner,
  invite,
  admin,
  revoke,
  disable,
  enable,
  importLegacyCommand,
  peopleCommand,
]
