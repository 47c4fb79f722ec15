import type { Role } from '../core/model.ts'

/** Who calls: a token's name, or the person at the window. Every change says whose it was. */
export interface Who {
  readonly name: string
  readonly role: Role
  /** The display whose address was used: it sees its own procedures and nothing else. */
  readonly displayId?: string
}

/** What every door hands in with a call. */
export interface CallContext {
  readonly who: Who
}
