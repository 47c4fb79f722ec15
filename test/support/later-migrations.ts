import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const LOCAL = join(import.meta.dirname, '..', '..', 'drizzle', 'local')

/** The local migrations of a later Trackside, in a folder that is made: ours, and one more with these statements. */
export function laterMigrations(
  folder: string,
  statements: readonly string[],
  before: string = LOCAL,
): string {
  cpSync(before, folder, { recursive: true })
  const file = join(folder, 'meta', '_journal.json')
  const journal = JSON.parse(readFileSync(file, 'utf8'))
  const { idx, when, ...last } = journal.entries.at(-1)
  const tag = `0${900 + idx}_later`
  const entry = { ...last, idx: idx + 1, when: when + 1, tag }
  writeFileSync(file, JSON.stringify({ ...journal, entries: [...journal.entries, entry] }))
  writeFileSync(
    join(folder, `${tag}.sql`),
    statements.map(one => `${one};`).join('--> statement-breakpoint\n'),
  )
  return folder
}
