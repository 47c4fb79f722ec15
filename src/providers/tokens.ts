import { createHash } from 'node:crypto'
import { isAppError } from '../core/errors.ts'
import type { Clock } from '../core/runtime.ts'

export interface Token {
  readonly access: string
  readonly refresh: string | null
  /** Ms UTC by our clock. */
  readonly expiresAt: number
}

/** Access tokens by account, in memory only: nobody wants them on a disk, and a new one costs one call. */
export interface Tokens {
  /**
   * Calls with the account's token. One that ended is renewed; one that is refused all the same is thrown away,
   * and the call is made once more with a new one.
   * @throws AppError provider.keys-refused when the new one is refused too
   */
  call<T>(asked: {
    readonly account: string
    readonly clock: Clock
    /** A token from the one that ended, or from the keys alone. */
    readonly obtain: (ended: Token | null) => Promise<Token>
    readonly use: (token: Token) => Promise<T>
  }): Promise<T>
}

/** A token that ends within this time is not used any more: the call and both clocks have their slack. */
const EARLY_MS = 5 * 60_000

export function createTokens(): Tokens {
  const kept = new Map<string, Token>()
  return {
    async call({ account, clock, obtain, use }) {
      const anew = async (ended: Token | null): Promise<Token> => {
        const token = await obtain(ended)
        kept.set(account, token)
        return token
      }
      const known = kept.get(account) ?? null
      const inTime = known !== null && clock() < known.expiresAt - EARLY_MS
      const token = inTime ? known : await anew(known)
      try {
        return await use(token)
      } catch (error) {
        if (!isAppError(error) || error.code !== 'provider.keys-refused') throw error
        if (kept.get(account) === token) kept.delete(account)
        // A token fresh from the keys is not better the second time.
        if (!inTime) throw error
        return use(await anew(null))
      }
    },
  }
}

/** Where and with which keys, as a name that tells none of them. */
export const accountKey = (...parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex')
