import type { Reader } from '../../src/store/reader.ts'

/** Something that pours reads into an app that is killed again and again. Another protocol is another one of these. */
export interface Source {
  readonly name: string
  start(): void
  /** No more after this; resolves when the app, which stays up now, has all of it. */
  finish(database: Reader): Promise<void>
  /** What is not as it must be, in words. */
  troubles(database: Reader): Promise<readonly string[]>
  figures(): string
}
