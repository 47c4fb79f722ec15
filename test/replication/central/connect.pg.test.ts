import { createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { connectLogin, isLoopback, loginOfUrl } from '../../../src/replication/central/connect.ts'
import { connectionTrouble } from '../../../src/replication/central/connection-trouble.ts'
import {
  inviteAdmin,
  inviteLaptop,
  revokeLogin,
  setPartnerDisabled,
} from '../../../src/replication/central/invite.ts'
import { membershipOf, redeemCode } from '../../../src/replication/central/membership.ts'
import { checkSchema } from '../../../src/replication/central/migrate.ts'
import { partnerBy } from '../../../src/replication/central/partners.ts'
import type { Login, Trust } from '../../../src/replication/connection-code.ts'
import { fingerprintOf, makeCertificate } from '../../../src/replication/hub/certificate.ts'
import { startPostgres } from '../../support/postgres.ts'
import { CENTRAL_MIGRATIONS, migratedDatabase } from './migrated.ts'

const postgres = startPostgres()

async function invited() {
  const database = await migratedDatabase(postgres, ['Big Day Timing'])
  const partner = await partnerBy(database.owner, 'big day timing')
  const invitation = { partner, holder: 'Zoë’s laptop', expiresAt: Date.now() + 3_600_000 }
  const { user, password } = await inviteLaptop(database.owner, invitation)
  const login: Login = { ...loginOfUrl(database.url), user, password }
  return { ...database, partner, login }
}

/** A client that ends with its test. */
async function connected(login: Login) {
  const client = await connectLogin(login)
  onTestFinished(() => client.end())
  return client
}

const trusting = (login: Login, trust: Trust): Login => ({ ...login, trust })
const pinned = (login: Login, certificate: string): Login =>
  trusting(login, { kind: 'fingerprint', sha256: fingerprintOf(certificate) })

test('an invited laptop comes in, makes the login its own, and knows whom it stands for', async () => {
  const { login, owner } = await invited()
  const client = await connected(login)
  await checkSchema(client, CENTRAL_MIGRATIONS)
  expect(await membershipOf(client)).toMatchObject({ partnerId: 1, partnerName: 'Big Day Timing' })
  await redeemCode(client, 'a-password-of-its-own')
  await connected({ ...login, password: 'a-password-of-its-own' })
  const { rows } = await owner.query(
    'SELECT holder, redeemed_at IS NOT NULL AS redeemed FROM partner_memberships',
  )
  expect(rows).toEqual([{ holder: 'Zoë’s laptop', redeemed: true }])
})

test('a code used twice is said in words, and the first laptop goes on', async () => {
  const { login } = await invited()
  const first = await connected(login)
  const second = await connected(login)
  await redeemCode(first, 'own')
  await expect(redeemCode(second, 'mine')).rejects.toMatchObject({
    ...{ code: 'central.refused', message: expect.stringContaining('used already') },
  })
  await expect(connectLogin(login)).rejects.toMatchObject({ code: 'central.refused', retriable: false })
  await connected({ ...login, password: 'own' })
})

test('a wrong password, a login that is none, a database that is none: each in words', async () => {
  const { login } = await invited()
  const refused = { code: 'central.refused', message: expect.stringContaining('refuses this login') }
  await expect(connectLogin({ ...login, password: 'wrong' })).rejects.toMatchObject(refused)
  await expect(connectLogin({ ...login, user: 'nobody' })).rejects.toMatchObject(refused)
  await expect(connectLogin({ ...login, database: 'none' })).rejects.toMatchObject({
    code: 'central.no-schema',
  })
})

test('a partner that is disabled is told why, sees nothing, and is let in again', async () => {
  const { login, owner, partner } = await invited()
  const client = await connected(login)
  await setPartnerDisabled(owner, partner, { reason: 'the contract has ended' })
  await expect(membershipOf(client)).rejects.toMatchObject({
    ...{ code: 'central.disabled', message: expect.stringContaining('the contract has ended') },
  })
  expect((await client.query('SELECT trackside.acting_partners() AS partners')).rows).toEqual([
    { partners: [] },
  ])
  await setPartnerDisabled(owner, partner, null)
  expect((await membershipOf(client)).partnerId).toBe(1)
})

test('a login that is taken back loses its session, and is told why', async () => {
  const { login, owner } = await invited()
  const client = await connected(login)
  await revokeLogin(owner, login.user, 'the laptop was stolen')
  await expect
    .poll(() =>
      client.query('SELECT 1').then(
        () => 'alive',
        () => 'ended',
      ),
    )
    .toBe('ended')
  const again = await connected(login)
  await expect(membershipOf(again)).rejects.toMatchObject({
    ...{ code: 'central.refused', message: expect.stringContaining('taken back') },
  })
  await expect(revokeLogin(owner, 'nobody', 'x')).rejects.toMatchObject({ code: 'not-found' })
})

test('an admin’s login is no laptop’s', async () => {
  const { login, owner } = await invited()
  const client = await connected({ ...login, ...(await inviteAdmin(owner, 'support')) })
  await expect(membershipOf(client)).rejects.toMatchObject({ code: 'central.refused' })
})

test('the pinned certificate is taken, and no other: nothing is sent to a stranger', async () => {
  const { login } = await invited()
  const { certificate } = postgres.server()
  const client = await connected(pinned(login, certificate.certificate))
  const { rows } = await client.query('SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()')
  expect(rows).toEqual([{ ssl: true, version: 'TLSv1.3' }])
  const other = makeCertificate({ name: 'other', addresses: ['127.0.0.1'], now: Date.now() })
  await expect(connectLogin(pinned(login, other.certificate))).rejects.toMatchObject({
    ...{ code: 'central.certificate', message: expect.stringContaining('Nothing was sent') },
  })
})

test('an authority is trusted for the host it vouches for, and for no other', async () => {
  const { login } = await invited()
  const { certificate, show } = postgres.server()
  await connected(trusting(login, { kind: 'authority', pem: certificate.certificate }))
  const elsewhere = makeCertificate({ name: 'elsewhere', addresses: ['db.example.org'], now: Date.now() })
  await show(elsewhere)
  onTestFinished(() => show(certificate))
  const trust = { kind: 'authority', pem: elsewhere.certificate } as const
  await expect
    .poll(() =>
      connectLogin(trusting(login, trust)).then(
        () => null,
        error => error,
      ),
    )
    .toMatchObject({ code: 'central.certificate', message: expect.stringContaining('another host') })
})

test('a certificate that has expired is said', async () => {
  const { login } = await invited()
  const { certificate, show } = postgres.server()
  const old = makeCertificate({ name: 'old', addresses: ['127.0.0.1'], now: Date.UTC(2001, 0, 1) })
  await show(old)
  onTestFinished(() => show(certificate))
  await expect
    .poll(() =>
      connectLogin(pinned(login, old.certificate)).then(
        () => null,
        error => error,
      ),
    )
    .toMatchObject({ code: 'central.certificate', message: expect.stringContaining('expired') })
})

test('a host nobody knows, a port where nobody listens, and somebody who hangs up are said, and may pass', async () => {
  const { login } = await invited()
  const gone = { code: 'central.unreachable', retriable: true }
  const unknown = Object.assign(new Error('getaddrinfo ENOTFOUND db'), { code: 'ENOTFOUND' })
  expect(connectionTrouble(unknown, 'db')).toMatchObject({
    ...gone,
    message: expect.stringContaining('host db'),
  })
  await expect(connectLogin({ ...login, port: 1 })).rejects.toMatchObject(gone)
  const rude = createServer(socket => socket.destroy())
  await new Promise<void>(resolve => rude.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => new Promise<void>(resolve => rude.close(() => resolve())))
  const { port } = rude.address() as { port: number }
  await expect(connectLogin({ ...login, port })).rejects.toMatchObject(gone)
  await expect(
    connectLogin(pinned({ ...login, port }, postgres.server().certificate.certificate)),
  ).rejects.toMatchObject(gone)
})

test('of several addresses the one that answers is used', async () => {
  const { login } = await invited()
  const client = await connected({ ...login, hosts: ['127.0.0.2', '127.0.0.1'] })
  expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
})

test('who speaks no TLS where it is expected gets nothing', async () => {
  const { login } = await invited()
  const heard: string[] = []
  const plain = createServer(socket => {
    socket.on('error', () => {})
    socket.on('data', data => {
      heard.push(data.toString('latin1'))
      socket.write('N')
    })
  })
  await new Promise<void>(resolve => plain.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => new Promise<void>(resolve => plain.close(() => resolve())))
  const { port } = plain.address() as { port: number }
  const { certificate } = postgres.server().certificate
  for (const trust of [
    { kind: 'authority', pem: certificate },
    { kind: 'fingerprint', sha256: fingerprintOf(certificate) },
  ] as const)
    await expect(connectLogin({ ...login, port, trust })).rejects.toMatchObject({
      code: 'central.certificate',
    })
  expect(heard.join('')).not.toContain(login.user)
})

test('only this machine’s own addresses are spoken to without TLS', () => {
  const plain = ['localhost', '127.0.0.1', '127.9.9.9', '::1']
  const not = [
    '10.0.0.7',
    '127.0.0.1.example.org',
    'localhost.example.org',
    '128.0.0.1',
    '::ffff:10.0.0.7',
    '0.0.0.0',
  ]
  expect([...plain, ...not].filter(isLoopback)).toEqual(plain)
})

test.each([
  ['', 'Which database'],
  ['mysql://x@y/z', 'no address of a database'],
  ['host=x dbname=y', 'no address of a database'],
  ['postgres://x:50%off@y/z', '% %25'],
  ['postgres://x:a#b@y/z', '# %23'],
  ['postgres://x:1#b@y/z', '# %23'],
  ['postgres://x:a/b@y/z', '/ %2F'],
  ['postgres://x:a?b@y/z', '? %3F'],
])('an address with a typo is said: “%s”', (text, said) => {
  expect(() => loginOfUrl(text)).toThrow(said)
})

test('a full disk there is said as that', async () => {
  const full = Object.assign(new Error('could not extend file: No space left on device'), { code: '53100' })
  expect(connectionTrouble(full, 'db')).toMatchObject({ code: 'central.full', retriable: true })
})
