import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { AppError } from '../core/errors.ts'
import type { Secrets } from './secrets.ts'

interface Sealed {
  readonly format: 'trackside-keys-1'
  readonly salt: string
  readonly iv: string
  readonly tag: string
  readonly data: string
}

// N=2^15, r=8: about 32 MB and a tenth of a second a try, the figures of scrypt's author for a file.
const COST = { N: 32_768, r: 8, p: 1, maxmem: 64 * 1024 * 1024 }

const locked = (message: string, cause?: unknown): AppError =>
  new AppError('secrets.locked', message, cause === undefined ? {} : { cause })

/**
 * Keys in one file, sealed with a passphrase (scrypt, AES-256-GCM): for machines where no keychain runs.
 * @param passphrase from `TRACKSIDE_PASSPHRASE`, or null until somebody gives it by unlock
 */
export function openEncryptedFile(file: string, passphrase: string | null): Secrets {
  let key: { readonly salt: Buffer; readonly key: Buffer } | null = null
  let kept: Map<string, string> | null = null
  let wrong = false

  const seal = (): void => {
    if (key === null || kept === null) throw locked('The key file is locked.')
    const iv = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', key.key, iv)
    const data = Buffer.concat([cipher.update(JSON.stringify([...kept]), 'utf8'), cipher.final()])
    const sealed: Sealed = {
      format: 'trackside-keys-1',
      salt: key.salt.toString('base64'),
      iv: iv.toString('base64'),
      tag: cipher.getAuthTag().toString('base64'),
      data: data.toString('base64'),
    }
    // Written beside and moved into place: a crash in between leaves the old keys.
    writeFileSync(`${file}.new`, JSON.stringify(sealed), { mode: 0o600 })
    renameSync(`${file}.new`, file)
  }

  const open = (phrase: string): void => {
    if (!existsSync(file)) {
      const salt = randomBytes(16)
      key = { salt, key: scryptSync(phrase, salt, 32, COST) }
      kept = new Map()
      return
    }
    try {
      const sealed = JSON.parse(readFileSync(file, 'utf8')) as Sealed
      const salt = Buffer.from(sealed.salt, 'base64')
      const made = scryptSync(phrase, salt, 32, COST)
      const decipher = createDecipheriv('aes-256-gcm', made, Buffer.from(sealed.iv, 'base64'))
      decipher.setAuthTag(Buffer.from(sealed.tag, 'base64'))
      const text = Buffer.concat([
        decipher.update(Buffer.from(sealed.data, 'base64')),
        decipher.final(),
      ]).toString('utf8')
      kept = new Map(JSON.parse(text) as [string, string][])
      key = { salt, key: made }
    } catch (error) {
      throw locked(
        `The passphrase does not open ${file}, or the file is damaged. It was left as it is.`,
        error,
      )
    }
  }

  const opened = (): Map<string, string> => {
    if (kept === null)
      throw locked('The key file is locked. Give its passphrase (TRACKSIDE_PASSPHRASE, or on screen).')
    return kept
  }

  if (passphrase !== null) {
    try {
      open(passphrase)
    } catch {
      wrong = true
    }
  }

  return {
    kind: 'encrypted-file',
    state() {
      if (kept !== null) return { ok: true, message: 'No keychain runs here: keys are in an encrypted file.' }
      return {
        ok: false,
        message: wrong
          ? 'TRACKSIDE_PASSPHRASE does not open the key file.'
          : 'No keychain runs here. Give a passphrase: keys are then kept in an encrypted file.',
      }
    },
    get: async account => opened().get(account) ?? null,
    async set(account, secret) {
      opened().set(account, secret)
      seal()
    },
    async remove(account) {
      if (opened().delete(account)) seal()
    },
    async unlock(phrase) {
      open(phrase)
      wrong = false
    },
  }
}
