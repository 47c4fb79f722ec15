import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { laterMigrations } from './later-migrations.ts'
import { quickFolder } from './quick-folder.ts'

const ROOT = join(import.meta.dirname, '..', '..')

/** A column that a later Trackside has and this one does not. */
export interface LaterColumn {
  /** snake_case, as the databases have it. */
  readonly table: string
  readonly name: string
  readonly local: string
  readonly central: string
  /** Of src/store/schema: the file, and the line behind which the column's own comes. */
  readonly schema: { readonly file: string; readonly after: string; readonly line: string }
}

/** A whole later Trackside, to be run beside this one. */
export interface LaterProgram {
  readonly folder: string
  /** drizzle/local and drizzle/central as it has them. */
  readonly local: string
  readonly central: string
  /** A module of its own, by its path from the project's folder. */
  module<T>(path: string): Promise<T>
}

/** Copies this program and gives it columns, with the migrations for them. Take the folder away when done. */
export function laterProgram(columns: readonly LaterColumn[]): LaterProgram {
  const folder = quickFolder('trackside-later-')
  for (const part of ['src', 'test/support', 'test/replication', 'drizzle/central', 'package.json'])
    cpSync(join(ROOT, part), join(folder, part), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  const local = laterMigrations(
    join(folder, 'drizzle', 'local'),
    columns.map(({ table, name, local: type }) => `ALTER TABLE ${table} ADD ${name} ${type}`),
  )
  const central = join(folder, 'drizzle', 'central')
  const added = columns.map(({ table, name, central: type }) => `ALTER TABLE ${table} ADD ${name} ${type};`)
  writeFileSync(join(central, '0900_later.sql'), [...added, 'SELECT trackside.open_columns();'].join('\n'))
  for (const { schema } of columns) {
    const file = join(folder, 'src', 'store', 'schema', schema.file)
    const text = readFileSync(file, 'utf8')
    if (!text.includes(schema.after)) throw new Error(`${schema.file} has no ${schema.after}`)
    writeFileSync(file, text.replace(schema.after, `${schema.after}\n    ${schema.line}`))
  }
  return { folder, local, central, module: path => import(/* @vite-ignore */ join(folder, path)) }
}
