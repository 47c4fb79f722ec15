import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto'

const ROUNDS = 4096

/**
 * What PostgreSQL keeps of a password (RFC 5803). Sent instead of the password, which then is in no statement and no log.
 * @param password letters, digits, - and _: nothing that SASLprep would change
 */
export function scramVerifier(password: string): string {
  const salt = randomBytes(16)
  const salted = pbkdf2Sync(password, salt, ROUNDS, 32, 'sha256')
  const keyed = (words: string): Buffer => createHmac('sha256', salted).update(words).digest()
  const stored = createHash('sha256').update(keyed('Client Key')).digest('base64')
  return `SCRAM-SHA-256$${ROUNDS}:${salt.toString('base64')}$${stored}:${keyed('Server Key').toString('base64')}`
}

/** 192 bits, safe in an address and in SASLprep. */
export const newPassword = (): string => randomBytes(24).toString('base64url')
