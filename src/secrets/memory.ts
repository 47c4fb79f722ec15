import type { Secrets } from './secrets.ts'

/** Keys that end with the process: for a practice race, whose keys open nothing. */
export function createMemorySecrets(): Secrets {
  const kept = new Map<string, string>()
  return {
    kind: 'memory',
    state: () => ({ ok: true, message: 'Keys of a practice race end with it.' }),
    get: async account => kept.get(account) ?? null,
    set: async (account, secret) => {
      kept.set(account, secret)
    },
    remove: async account => {
      kept.delete(account)
    },
    unlock: async () => {},
  }
}
