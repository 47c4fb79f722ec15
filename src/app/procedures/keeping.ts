import { hostname } from 'node:os'
import { type Keys, moveOut } from '../../keeping/move.ts'
import { allConnections } from '../../store/connections.ts'
import { keyAccounts } from '../connection-keys.ts'
import { os } from '../door.ts'
import type { AppParts } from '../parts.ts'

export function keepingProcedures({ backups, config, store, secrets }: AppParts) {
  const shown = async () => ({ ...backups.state(), backups: [...(await backups.list())] })
  const allKeys = async (): Promise<Keys> => {
    const accounts = allConnections(store.read).flatMap(({ id }) => keyAccounts(id))
    const keys: Record<string, string> = {}
    for (const account of accounts) {
      const secret = await secrets().get(account)
      if (secret !== null) keys[account] = secret
    }
    return keys
  }
  return {
    backups: os.keeping.backups.handler(shown),
    backUp: os.keeping.backUp.handler(async () => {
      await backups.now()
      return shown()
    }),
    backUpTo: os.keeping.backUpTo.handler(async ({ input }) => {
      await backups.copyTo(input.file)
      return { success: true as const }
    }),
    setFolder: os.keeping.setFolder.handler(async ({ input, context }) => {
      await backups.setFolder(input.folder, context.who.name)
      await backups.now()
      return shown()
    }),
    moveOut: os.keeping.moveOut.handler(async ({ input, context }) => {
      const { file, passphrase, withKeys } = input
      const keys = withKeys ? await allKeys() : null
      const at = config.clock()
      const { dataFolder } = config
      const bytes = await moveOut({ store, dataFolder, file, passphrase, keys, laptop: hostname(), at })
      store.write(
        writer =>
          writer.audit({
            ...{ action: 'moved out', table: 'settings', rowId: 'laptop_id', before: null },
            after: { file, with_keys: withKeys },
          }),
        context.who.name,
      )
      return { file, bytes, keys: keys === null ? null : Object.keys(keys).length }
    }),
  }
}
