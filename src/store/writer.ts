import type Database from 'better-sqlite3'
import type { Json } from '../core/runtime.ts'
import type { AuditChain, AuditEntry } from './audit.ts'
import { bulkInsert, inBlocks } from './bulk-insert.ts'
import { type HybridClock, lowestClock, momentAfter } from './hybrid-clock.ts'
import type { RawRow } from './raw-rows.ts'
import type { Reader } from './reader.ts'
import { type ClockedRow, seenBy } from './seen-clock.ts'
import { steady } from './steady-sql.ts'
import { type Row, TABLES, type TableName, type TableShape } from './tables.ts'

/** The only way to write: what it did commits with its outbox and audit rows, or not at all. */
export interface Writer extends Reader {
  /** Who does this: a token's name, `crew`, `schedule`. */
  readonly actor: string
  /** Ms UTC, one for the whole transaction. */
  readonly at: number
  readonly partnerId: number
  /** The hybrid clock's moment for rows that several laptops may change. */
  readonly clock: string
  /** The clock of what is put without anybody's word. */
  readonly lowestClock: string
  readonly laptopId: string
  /** Another laptop's moment was seen: what is decided here from now on is later. False: it is too far ahead to follow. */
  saw(clock: string): boolean
  /**
   * Keeps columns of another laptop's row as they are, in SQLite's own values; what is left out stays as it is here.
   * It goes on to every peer but the one it came from. Whether it is newer is the caller's matter.
   */
  keep(table: TableName, columns: RawRow, from: string): void
  /** Inserts the row, or replaces the one with the same primary key. */
  put<name extends TableName>(table: name, row: Row<name>): void
  /** `put` of many rows, by the dozen a statement. */
  putAll<name extends TableName>(table: name, rows: readonly Row<name>[], known?: Known<name>): void
  /** Statements of tables that stay on the laptop, for hot paths. Say which table with `touched`. */
  run(
    sql: string,
    ...values: readonly unknown[]
  ): { readonly changes: number; readonly lastInsertRowid: number }
  touched(table: TableName): void
  audit(entry: AuditEntry): void
  /** Links that depend on this are to be computed again. */
  staleLink(key: string): void
}

/** What the caller of `putAll` knows, and need not be found out again. */
export interface Known<name extends TableName> {
  /** No row of these keys is there yet. */
  readonly areNew?: boolean
  /** JSON that was written already, row by row; the row's own value is not looked at. */
  readonly written?: { readonly [column in keyof Row<name> & string]?: readonly string[] }
}

type Values = Readonly<Record<string, unknown>>
type Written = Readonly<Record<string, readonly string[] | undefined>>
type Statements = Map<string, Database.Statement>

export interface WriterParts {
  readonly sqlite: Database.Database
  readonly reader: Reader
  readonly statements: Statements
  readonly auditChain: AuditChain
  readonly hybridClock: HybridClock
  readonly laptopId: string
  readonly partnerId: number
  readonly actor: string
  readonly at: number
}

function upsertSql(name: TableName, rows: number): string {
  const known = UPSERTS.get(`${name}/${rows}`)
  if (known !== undefined) return known
  const shape = shapeOf(name)
  const columns = shape.columns.map(column => `"${column.name}"`)
  const sets = shape.columns
    .filter(column => !shape.primaryKey.includes(column.name))
    .map(column => `"${column.name}" = excluded."${column.name}"`)
  const row = `(${columns.map(() => '?').join(', ')})`
  const made = `INSERT INTO "${name}" (${columns.join(', ')}) VALUES ${Array<string>(rows).fill(row).join(', ')}
    ON CONFLICT (${shape.primaryKey.map(key => `"${key}"`).join(', ')}) DO ${sets.length === 0 ? 'NOTHING' : `UPDATE SET ${sets.join(', ')}`}`
  UPSERTS.set(`${name}/${rows}`, made)
  return made
}

const UPSERTS = new Map<string, string>()

function shapeOf(name: TableName): TableShape {
  const shape = TABLES.get(name)
  if (!shape) throw new Error(`no table ${name}`)
  return shape
}

function keepSql(table: string, columns: readonly string[]): string {
  const sets = columns.filter(column => column !== 'id').map(column => `"${column}" = excluded."${column}"`)
  return `INSERT INTO "${table}" (${columns.map(column => `"${column}"`).join(', ')})
    VALUES (${columns.map(() => '?').join(', ')}) ON CONFLICT (id) DO UPDATE SET ${sets.join(', ')}`
}

const OUTBOX = 'INSERT OR REPLACE INTO outbox (table_name, row_id, changed_at, origin) VALUES (?, ?, ?, ?)'
const outboxAll = bulkInsert('outbox', ['table_name', 'row_id', 'changed_at', 'origin'], {
  alike: ['table_name', 'changed_at', 'origin'],
  onConflict: '',
  orReplace: true,
})
const STALE = 'INSERT OR IGNORE INTO stale_links (key) VALUES (?)'

export function createWriter(parts: WriterParts, changed: Set<TableName>): Writer {
  let clockText: string | null = null
  let hasReads: boolean | null = null
  const statement = (sql: string): Database.Statement => {
    const known = parts.statements.get(sql)
    if (known) return known
    const made = parts.sqlite.prepare(steady(sql))
    parts.statements.set(sql, made)
    return made
  }
  const clock = (): string => {
    clockText ??= parts.hybridClock.next()
    return clockText
  }
  /** A row of several laptops is later than the one it replaces, and knows whose word that was. */
  const stamped = (shape: TableShape, row: Values, isNew: boolean): Values => {
    if (shape.rule !== 'source-version' && shape.rule !== 'clock') return row
    const { laptopId } = parts
    const before = isNew
      ? undefined
      : parts.reader.get<ClockedRow>(
          `SELECT clock, ${shape.seesClocks ? 'seen_clock' : 'NULL'} AS seenClock FROM "${shape.name}" WHERE id = ?`,
          row.id,
        )
    const said = shape.rule === 'clock' ? String(row.clock) : clock()
    // Bookkeeping beside a decision leaves its clock as it was.
    const behind = before?.clock != null && said < before.clock
    const stamp = behind ? momentAfter(before.clock, laptopId) : said
    const seenClock = shape.seesClocks && before !== undefined ? seenBy(before, laptopId) : null
    if (stamp === row.clock && (!shape.seesClocks || seenClock === row.seenClock)) return row
    return shape.seesClocks ? { ...row, clock: stamp, seenClock } : { ...row, clock: stamp }
  }
  const encoded = ({ columns }: TableShape, row: Values, written: Written, at: number): unknown[] =>
    columns.map(({ key, encode }) => {
      const text = written[key]?.[at]
      if (text !== undefined) return text
      const value = row[key] ?? null
      return value === null || encode === null ? value : encode(value)
    })
  return {
    ...parts.reader,
    actor: parts.actor,
    at: parts.at,
    partnerId: parts.partnerId,
    laptopId: parts.laptopId,
    lowestClock: lowestClock(parts.laptopId),
    saw: parts.hybridClock.saw,
    get clock() {
      return clock()
    },
    put(name, row) {
      const shape = shapeOf(name)
      const values = stamped(shape, row, false)
      statement(upsertSql(name, 1)).run(encoded(shape, values, {}, 0))
      changed.add(name)
      if (shape.replicated) statement(OUTBOX).run(name, String(values.id), parts.at, null)
    },
    putAll(name, rows, { areNew = false, written = {} } = {}) {
      if (rows.length === 0) return
      const shape = shapeOf(name)
      const all = rows.map((row, at) => encoded(shape, stamped(shape, row, areNew), written, at))
      for (const block of inBlocks(all)) statement(upsertSql(name, block.length)).run(block.flat())
      changed.add(name)
      if (!shape.replicated) return
      const waiting = rows.map((row: Values) => [name, String(row.id), parts.at, null])
      for (const block of inBlocks(waiting)) outboxAll(this, block)
    },
    keep(name, columns, from) {
      const names = Object.keys(columns)
      statement(keepSql(name, names)).run(...names.map(column => columns[column]))
      changed.add(name)
      statement(OUTBOX).run(name, String(columns.id), parts.at, from)
    },
    run(sql, ...values) {
      const result = statement(sql).run(...values)
      return { changes: result.changes, lastInsertRowid: Number(result.lastInsertRowid) }
    },
    touched(table) {
      changed.add(table)
    },
    audit(entry) {
      changed.add('audit_log')
      const row = parts.auditChain.append(entry, parts.actor, parts.at)
      this.put('audit_log', { ...row, timingPartnerId: parts.partnerId })
    },
    staleLink(key) {
      // Without a read there is no link to compute again; whatever is read later meets what is here by then.
      hasReads ??= this.get('SELECT 1 FROM timing_reads LIMIT 1') !== undefined
      if (!hasReads) return
      changed.add('stale_links')
      statement(STALE).run(key)
    },
  }
}

/** A row's values for the audit log: what a person may read, without the bulk. */
export const auditable = (row: Readonly<Record<string, unknown>> | null): Json =>
  row === null
    ? null
    : (JSON.parse(
        JSON.stringify({
          ...row,
          normalizedData: undefined,
          clock: undefined,
          seenClock: undefined,
          hashKey: undefined,
        }),
      ) as Json)
