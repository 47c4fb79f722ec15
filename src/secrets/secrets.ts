/** Where keys are kept. Never a table, a log, an error or a URL that is logged. */
export interface Secrets {
  readonly kind: 'keychain' | 'encrypted-file' | 'memory'
  /** Whether it can be used now, and in words what is wrong when it cannot. */
  state(): { readonly ok: boolean; readonly message: string }
  /** @throws AppError secrets.locked */
  get(account: string): Promise<string | null>
  /** @throws AppError secrets.locked */
  set(account: string, secret: string): Promise<void>
  remove(account: string): Promise<void>
  /** Gives an encrypted file its passphrase. @throws AppError secrets.locked when it is the wrong one */
  unlock(passphrase: string): Promise<void>
}
