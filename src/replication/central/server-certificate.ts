import { connect as connectTcp, isIP } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { AppError } from '../../core/errors.ts'

/** PostgreSQL's request for TLS: its length and its number. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f])

const pem = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/.{1,64}/g, '$&\n')}-----END CERTIFICATE-----\n`

export interface ServerCertificate {
  readonly pem: string
  /** SHA-256, 64 hex digits. */
  readonly sha256: string
}

/**
 * The certificate that a PostgreSQL shows, unverified: nothing is sent to it. Whoever pins it compares the fingerprint,
 * and then trusts this certificate and no other.
 * @throws AppError central.certificate where it speaks no TLS; errors of the connection as they come
 */
export function serverCertificate(host: string, port: number, timeoutMs: number): Promise<ServerCertificate> {
  return new Promise((resolve, reject) => {
    const tcp = connectTcp({ host, port })
    const fail = (error: unknown): void => {
      tcp.destroy()
      reject(error)
    }
    tcp.setTimeout(timeoutMs, () => fail(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' })))
    tcp.once('error', fail)
    tcp.once('close', () => fail(Object.assign(new Error('closed'), { code: 'ECONNRESET' })))
    tcp.once('connect', () => tcp.write(SSL_REQUEST))
    tcp.once('data', answer => {
      if (answer[0] !== 0x53)
        return fail(
          new AppError(
            'central.certificate',
            `The database at ${host} speaks no TLS, and its certificate is expected.`,
          ),
        )
      const name = isIP(host) === 0 ? { servername: host } : {}
      const tls = connectTls({ socket: tcp, rejectUnauthorized: false, ...name })
      tls.once('error', fail)
      tls.once('secureConnect', () => {
        const { raw, fingerprint256 } = tls.getPeerCertificate()
        resolve({ pem: pem(raw), sha256: fingerprint256.replaceAll(':', '').toLowerCase() })
        tls.destroy()
      })
      return undefined
    })
  })
}
