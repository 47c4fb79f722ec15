import type { Secrets } from '../secrets/secrets.ts'

type Keys = Readonly<Record<string, string>>

/** A connection's keys, each side as one secret. Names may be told; values never leave but to the provider. */
export interface ConnectionKeys {
  read(connectionId: string, side: 'source' | 'target'): Promise<Keys>
  /** Named ones are replaced, the others stay; an empty value takes one away. */
  change(connectionId: string, side: 'source' | 'target', keys: Keys): Promise<void>
  forget(connectionId: string): Promise<void>
}

const account = (connectionId: string, side: 'source' | 'target'): string =>
  `connection/${connectionId}/${side}`

/** Where a connection's keys are kept, for whoever moves them sealed. */
export const keyAccounts = (connectionId: string): readonly string[] => [
  account(connectionId, 'source'),
  account(connectionId, 'target'),
]

export function createConnectionKeys(secrets: () => Secrets): ConnectionKeys {
  const read = async (connectionId: string, side: 'source' | 'target'): Promise<Keys> => {
    const text = await secrets().get(account(connectionId, side))
    return text === null ? {} : (JSON.parse(text) as Keys)
  }
  return {
    read,
    async change(connectionId, side, keys) {
      if (Object.keys(keys).length === 0) return
      const merged = Object.entries({ ...(await read(connectionId, side)), ...keys }).filter(
        ([, value]) => value !== '',
      )
      await secrets().set(account(connectionId, side), JSON.stringify(Object.fromEntries(merged)))
    },
    async forget(connectionId) {
      await secrets().remove(account(connectionId, 'source'))
      await secrets().remove(account(connectionId, 'target'))
    },
  }
}
