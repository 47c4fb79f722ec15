import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One file of drizzle/central: `0001_name.sql`. */
export interface Migration {
  readonly number: number
  readonly name: string
  readonly sql: string
  readonly hash: string
  /** Hashes of texts that it had before and that leave the same tables: `-- Replaces: HASH, why`. */
  readonly replaces: readonly string[]
}

const REPLACES = /^-- Replaces: ([0-9a-f]{64})\b/gm
const FILE = /^(\d{4})_.+\.sql$/

/** In their order. */
export const readMigrations = (folder: string): readonly Migration[] =>
  readdirSync(folder)
    .filter(name => FILE.test(name))
    .sort()
    .map(name => {
      const sql = readFileSync(join(folder, name), 'utf8')
      return {
        number: Number(FILE.exec(name)?.[1]),
        name,
        sql,
        hash: createHash('sha256').update(sql.replaceAll('\r\n', '\n')).digest('hex'),
        replaces: [...sql.matchAll(REPLACES)].flatMap(([, hash]) => hash ?? []),
      }
    })
