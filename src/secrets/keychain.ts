import { AppError } from '../core/errors.ts'
import type { Secrets } from './secrets.ts'

const SERVICE = 'Trackside'
/** A keychain that asks nobody and answers nothing (a session without a desktop) is none. */
const ANSWER_WITHIN_MS = 5000

type Keytar = typeof import('keytar')

const within = async <T>(work: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the keychain does not answer')), ANSWER_WITHIN_MS)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

const failed = (cause: unknown): AppError =>
  new AppError('secrets.locked', 'The keychain of this computer did not answer. Unlock it and try again.', {
    cause,
    retriable: true,
  })

/** The operating system's keychain; null where none runs. */
export async function openKeychain(): Promise<Secrets | null> {
  let keytar: Keytar
  try {
    const loaded = await import('keytar')
    keytar = 'default' in loaded ? (loaded.default as Keytar) : loaded
    await within(keytar.getPassword(SERVICE, 'probe'))
  } catch {
    return null
  }
  const ask = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await within(work())
    } catch (error) {
      throw failed(error)
    }
  }
  return {
    kind: 'keychain',
    state: () => ({ ok: true, message: "Keys are in this computer's keychain." }),
    get: account => ask(() => keytar.getPassword(SERVICE, account)),
    set: (account, secret) => ask(() => keytar.setPassword(SERVICE, account, secret)),
    remove: async account => {
      await ask(() => keytar.deletePassword(SERVICE, account))
    },
    unlock: async () => {},
  }
}
