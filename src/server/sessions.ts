import { randomBytes } from 'node:crypto'
import type { Access } from '../app/access.ts'
import type { Who } from '../app/context.ts'

/** Codes of printed addresses that nobody used are forgotten from here on. */
const CODES = 50
const SESSIONS = 1000

/** Browsers that signed in; in memory, so that a restart asks again. */
export interface Sessions {
  /** A code that signs one browser in, once, as the owner of this token. */
  makeCode(token: string): string
  /** @returns the new session's id; null when the code was used or never was */
  redeem(code: string): string | null
  /** @returns the new session's id; null when the token is not known */
  open(token: string): string | null
  /** Whose session; null as soon as its token is no longer known. */
  find(id: string): Who | null
  close(id: string): void
}

export function createSessions(access: Pick<Access, 'find'>): Sessions {
  const codes = new Map<string, string>()
  const tokens = new Map<string, string>()
  const secret = () => randomBytes(24).toString('base64url')
  const open = (token: string): string | null => {
    if (access.find(token) === null) return null
    const id = secret()
    tokens.set(id, token)
    forgetOldest(tokens, SESSIONS)
    return id
  }
  return {
    makeCode(token) {
      const code = secret()
      codes.set(code, token)
      forgetOldest(codes, CODES)
      return code
    },
    redeem(code) {
      const token = codes.get(code)
      codes.delete(code)
      return token === undefined ? null : open(token)
    },
    open,
    find(id) {
      const token = tokens.get(id)
      return token === undefined ? null : access.find(token)
    },
    close: id => {
      tokens.delete(id)
    },
  }
}

function forgetOldest(map: Map<string, string>, most: number): void {
  const oldest = map.keys().next()
  if (map.size > most && !oldest.done) map.delete(oldest.value)
}
