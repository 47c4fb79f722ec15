import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { connectLogin } from '../../src/replication/central/connect.ts'
import { membershipOf } from '../../src/replication/central/membership.ts'
import { parseConnectionCode } from '../../src/replication/connection-code.ts'
import { fingerprintOf } from '../../src/replication/hub/certificate.ts'
import { startPostgres } from '../support/postgres.ts'

const postgres = startPostgres()

/** The command line as an operator types it. */
const cli = (url: string | null, ...words: readonly string[]) =>
  new Promise<{ readonly code: number; readonly out: string; readonly err: string }>(resolve => {
    const args = [join('src', 'commands', 'cli.ts'), 'central', ...words]
    const { DATABASE_URL: _, ...env } = process.env
    execFile(
      process.execPath,
      args,
      { env: url === null ? env : { ...env, DATABASE_URL: url } },
      (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code), out: stdout.trim(), err: stderr }),
    )
  })

test('from an empty database to a laptop that is let in, and kept out again', async () => {
  const url = await postgres.freshDatabase()
  expect((await cli(url, 'invite', 'Big Day')).err).toContain('no Trackside in this database')
  expect((await cli(url, 'migrate')).out).toContain('applied 0001_')
  expect((await cli(url, 'add-partner', 'Big', 'Day')).out).toBe('Big Day is partner 1')

  const [code = ''] = (await cli(url, 'invite', 'Big', 'Day', '--pin', '--name', 'Start laptop')).out.split(
    '\n',
  )
  const { login, name, kind } = parseConnectionCode(code)
  const sha256 = fingerprintOf(postgres.server().certificate.certificate)
  expect({ name, kind, trust: login.trust }).toEqual({
    ...{ name: 'Big Day', kind: 'central', trust: { kind: 'fingerprint', sha256 } },
  })
  const laptop = await connectLogin(login)
  try {
    expect((await membershipOf(laptop)).partnerId).toBe(1)
    expect((await cli(url, 'disable', 'Big Day', '--reason', 'unpaid')).code).toBe(0)
    await expect(membershipOf(laptop)).rejects.toMatchObject({ code: 'central.disabled' })
    expect((await cli(url, 'revoke', login.user)).code).toBe(0)
  } finally {
    await laptop.end().catch(() => undefined)
  }
}, 120_000)

test('without an address it says which is wanted', async () => {
  expect(await cli(null, 'migrate')).toMatchObject({ code: 2, err: expect.stringContaining('DATABASE_URL') })
}, 60_000)
