import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto'
import { isIPv4 } from 'node:net'
import { bits, integer, moment, objectId, octets, piece, sequence, set, text, yes } from './der.ts'

export interface CertificateParts {
  /** Shown by programs that look at certificates. */
  readonly name: string
  /** Where the hub is found: IPv4 addresses and names. Laptops check the fingerprint, not these. */
  readonly addresses: readonly string[]
  readonly now: number
  /** PEM of the key to go on with; a new one where it is left out. */
  readonly key?: string
}

export interface Certificate {
  /** PEM, PKCS#8. */
  readonly key: string
  /** PEM. */
  readonly certificate: string
}

const DAY_MS = 86_400_000
/** Longer than any laptop serves as a hub: a new certificate is a new code for everybody. */
const LASTS_DAYS = 10 * 365
const RENEWED_DAYS = 180
/** A laptop whose battery died at the wrong moment has an old date, and may join all the same. */
const BACK_DAYS = 365

const ECDSA_SHA256 = sequence(objectId('1.2.840.10045.4.3.2'))
const CONSTRAINTS = objectId('2.5.29.19')
const KEY_USAGE = objectId('2.5.29.15')
const EXTENDED_USAGE = objectId('2.5.29.37')
const ALTERNATIVE_NAMES = objectId('2.5.29.17')

const pem = (label: string, der: Buffer): string =>
  `-----BEGIN ${label}-----\n${der.toString('base64').replace(/.{1,64}/g, '$&\n')}-----END ${label}-----\n`

const nameOf = (name: string): Buffer => sequence(set(sequence(objectId('2.5.4.3'), text(name))))

const address = (one: string): Buffer =>
  isIPv4(one) ? piece(0x87, Buffer.from(one.split('.').map(Number))) : piece(0x82, Buffer.from(one, 'ascii'))

/** A self-signed certificate of a server (X.509 v3, ECDSA P-256). */
export function makeCertificate(parts: CertificateParts): Certificate {
  const key =
    parts.key === undefined
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
      : createPrivateKey(parts.key)
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'der' })
  const content = sequence(
    piece(0xa0, integer(Buffer.of(2))),
    integer(Buffer.concat([Buffer.of(1), randomBytes(15)])),
    ECDSA_SHA256,
    nameOf(parts.name),
    sequence(moment(parts.now - BACK_DAYS * DAY_MS), moment(parts.now + LASTS_DAYS * DAY_MS)),
    nameOf(parts.name),
    publicKey,
    piece(
      0xa3,
      sequence(
        sequence(CONSTRAINTS, yes, octets(sequence(yes))),
        // digitalSignature and keyCertSign: it vouches for itself.
        sequence(KEY_USAGE, yes, octets(bits(Buffer.of(0b1000_0100), 2))),
        sequence(EXTENDED_USAGE, octets(sequence(objectId('1.3.6.1.5.5.7.3.1')))),
        sequence(ALTERNATIVE_NAMES, octets(sequence(...parts.addresses.map(address)))),
      ),
    ),
  )
  const signature = sign('sha256', content, key)
  return {
    key: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificate: pem('CERTIFICATE', sequence(content, ECDSA_SHA256, bits(signature))),
  }
}

/** What a join code carries and a laptop checks: SHA-256 of the certificate, 64 hex digits. */
export const fingerprintOf = (certificate: string): string =>
  new X509Certificate(certificate).fingerprint256.replaceAll(':', '').toLowerCase()

/** Whether a kept certificate can go on: it can be read, belongs to its key, and does not end soon. */
export function stillGood({ key, certificate }: Certificate, now: number): boolean {
  try {
    const made = new X509Certificate(certificate)
    return (
      made.checkPrivateKey(createPrivateKey(key)) && Date.parse(made.validTo) - now > RENEWED_DAYS * DAY_MS
    )
  } catch {
    return false
  }
}
