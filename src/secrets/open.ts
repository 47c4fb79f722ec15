import { join } from 'node:path'
import { openEncryptedFile } from './encrypted-file.ts'
import { openKeychain } from './keychain.ts'
import type { Secrets } from './secrets.ts'

/** The keychain where one runs, else the encrypted file in the data folder. A given passphrase asks for the file. */
export async function openSecrets(dataFolder: string, passphrase: string | null): Promise<Secrets> {
  const keychain = passphrase === null ? await openKeychain() : null
  return keychain ?? openEncryptedFile(join(dataFolder, 'keys.sealed'), passphrase)
}
