import { readFile, rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { MOST_DOWNLOADED } from '../../api/keeping.ts'
import { AppError } from '../../core/errors.ts'
import { type Keys, moveOut } from '../../keeping/move.ts'
import { allConnections } from '../../store/connections.ts'
import { newId } from '../../store/ids.ts'
import { keyAccounts } from '../connection-keys.ts'
import { os } from '../door.ts'
import type { AppParts } from '../parts.ts'
import { plainName } from '../reads-file.ts'

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
  async function seal(file: string, how: { readonly passphrase: string; readonly withKeys: boolean }) {
    const keys = how.withKeys ? await allKeys() : null
    const { passphrase } = how
    const { dataFolder, clock } = config
    const bytes = await moveOut({
      store,
      dataFolder,
      file,
      passphrase,
      keys,
      laptop: hostname(),
      at: clock(),
    })
    return { file, bytes, keys: keys === null ? null : Object.keys(keys).length }
  }
  const noteMoved = (file: string, withKeys: boolean, actor: string): void =>
    store.write(
      writer =>
        writer.audit({
          ...{ action: 'moved out', table: 'settings', rowId: 'laptop_id', before: null },
          after: { file, with_keys: withKeys },
        }),
      actor,
    )
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
      const sealed = await seal(input.file, input)
      noteMoved(input.file, input.withKeys, context.who.name)
      return sealed
    }),
    moveOutFile: os.keeping.moveOutFile.handler(async ({ input, context }) => {
      const file = join(config.dataFolder, `leaving-${newId()}.sealed`)
      try {
        const { bytes } = await seal(file, input)
        if (bytes > MOST_DOWNLOADED)
          throw new AppError(
            'input.invalid',
            'It is too big for a download. Save it to a folder of this laptop or a stick instead.',
          )
        const sealed = await readFile(file)
        noteMoved('a download', input.withKeys, context.who.name)
        const day = new Date(config.clock()).toISOString().slice(0, 10)
        return new File([sealed], `trackside-${plainName(hostname())}-${day}.sealed`)
      } finally {
        await rm(file, { force: true })
      }
    }),
  }
}
