import { createHash, X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, createServer } from 'node:tls'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  type Certificate,
  fingerprintOf,
  makeCertificate,
  stillGood,
} from '../../../src/replication/hub/certificate.ts'
import { integer, moment, objectId } from '../../../src/replication/hub/der.ts'
import { keptCertificate } from '../../../src/replication/hub/kept-certificate.ts'

const NOON = Date.UTC(2026, 5, 6, 12)
const DAY = 86_400_000
const YEAR = 365 * DAY
const ADDRESSES = ['192.168.1.20', '10.0.0.7']

let home: string

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'trackside-certificate-'))
})

afterEach(() => {
  rmSync(home, { recursive: true, force: true })
})

const make = (now = NOON): Certificate =>
  makeCertificate({ name: 'Trackside hub Zürich', addresses: ADDRESSES, now })

test('OpenSSL reads of it who it is, where it is found and how long it lasts', () => {
  const made = make()
  const read = new X509Certificate(made.certificate)
  expect(read.subject).toBe('CN=Trackside hub Zürich')
  expect(read.issuer).toBe(read.subject)
  expect(read.subjectAltName).toBe('IP Address:192.168.1.20, IP Address:10.0.0.7')
  expect(Date.parse(read.validFrom)).toBe(NOON - YEAR)
  expect(Date.parse(read.validTo)).toBe(NOON + 10 * YEAR)
  expect(read.publicKey.asymmetricKeyDetails?.namedCurve).toBe('prime256v1')
  expect(read.verify(read.publicKey)).toBe(true)
  expect(read.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1'])
})

test('the fingerprint is the SHA-256 of the certificate', () => {
  const { certificate } = make()
  const der = Buffer.from(certificate.replace(/-----.*-----|\n/g, ''), 'base64')
  expect(fingerprintOf(certificate)).toBe(createHash('sha256').update(der).digest('hex'))
})

test('a client that trusts it, and nothing else, connects; one that trusts another does not', async () => {
  const now = Date.now()
  const [hub, other] = [make(now), make(now)]
  const server = createServer({ key: hub.key, cert: hub.certificate }, socket => {
    socket.on('error', () => {})
    socket.end('hello')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const ask = (ca: string): Promise<string> =>
    new Promise(resolve => {
      const socket = connect({ port, host: '127.0.0.1', ca, checkServerIdentity: () => undefined })
      socket.on('data', data => resolve(String(data)))
      socket.on('error', error => resolve('code' in error ? String(error.code) : String(error)))
    })
  try {
    expect(await ask(hub.certificate)).toBe('hello')
    expect(await ask(other.certificate)).toMatch(/SELF_SIGNED|SIGNATURE|UNABLE_TO_VERIFY/)
  } finally {
    await new Promise(resolve => server.close(resolve))
  }
})

test('the same one serves from start to start, and only its owner may read its key', () => {
  const first = keptCertificate(home, ADDRESSES, NOON)
  const again = keptCertificate(home, ['172.16.0.9'], NOON + YEAR)
  expect(first.isNew).toBe(true)
  expect(again).toEqual({ key: first.key, certificate: first.certificate, isNew: false })
  expect(statSync(join(home, 'certificate.json')).mode & 0o777).toBe(0o600)
})

test('it is made anew before it ends, and where its file is damaged', () => {
  const first = keptCertificate(home, ADDRESSES, NOON)
  expect(stillGood(first, NOON + 10 * YEAR - 181 * DAY)).toBe(true)
  const renewed = keptCertificate(home, ADDRESSES, NOON + 10 * YEAR - 179 * DAY)
  expect(renewed.isNew).toBe(true)
  expect(fingerprintOf(renewed.certificate)).not.toBe(fingerprintOf(first.certificate))
  writeFileSync(join(home, 'certificate.json'), '{"key": "half a fi')
  expect(keptCertificate(home, ADDRESSES, NOON + 10 * YEAR).isNew).toBe(true)
})

test("a certificate beside another's key does not go on", () => {
  expect(stillGood({ key: make().key, certificate: make().certificate }, NOON)).toBe(false)
})

test('every moment between 1980 and 2100 is read back to the second', () => {
  fc.assert(
    fc.property(fc.integer({ min: Date.UTC(1981, 0) / 1000, max: Date.UTC(2089, 0) / 1000 }), seconds => {
      const read = new X509Certificate(make(seconds * 1000).certificate)
      expect(Date.parse(read.validFrom)).toBe(seconds * 1000 - YEAR)
      expect(Date.parse(read.validTo)).toBe(seconds * 1000 + 10 * YEAR)
    }),
    { numRuns: 50 },
  )
  expect(moment(Date.UTC(2049, 11, 31, 23, 59, 59)).toString('hex')).toBe(
    `170d${Buffer.from('491231235959Z').toString('hex')}`,
  )
  expect(moment(Date.UTC(2050, 0)).toString('hex')).toBe(
    `180f${Buffer.from('20500101000000Z').toString('hex')}`,
  )
})

test('numbers and object ids are written as X.690 writes them', () => {
  expect(integer(Buffer.of(0, 0, 0x7f)).toString('hex')).toBe('02017f')
  expect(integer(Buffer.of(0x80)).toString('hex')).toBe('02020080')
  expect(objectId('1.2.840.113549').toString('hex')).toBe('06062a864886f70d')
})
