import { getTableColumns, getTableName, type InferSelectModel, is } from 'drizzle-orm'
import { type SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import { MERGE_RULES, type MergeRule } from './merge-rules.ts'
import * as alerts from './schema/alerts.ts'
import * as displays from './schema/displays.ts'
import * as guards from './schema/guards.ts'
import * as laptop from './schema/laptop.ts'
import * as participants from './schema/participants.ts'
import * as raceDay from './schema/race-day.ts'
import * as reconciliation from './schema/reconciliation.ts'
import * as replication from './schema/replication.ts'
import * as sync from './schema/sync.ts'
import * as timing from './schema/timing.ts'

const schema = {
  ...participants,
  ...raceDay,
  ...timing,
  ...sync,
  ...guards,
  ...reconciliation,
  ...alerts,
  ...displays,
  ...laptop,
  ...replication,
}

type Schema = typeof schema
type Tables = { [key in keyof Schema as Schema[key]['_']['name']]: Schema[key] }

export type TableName = keyof Tables
export type Row<name extends TableName> = InferSelectModel<Tables[name]>

/** Tables that stay on the laptop: computed, or belonging to who runs them, or sent otherwise (timing_reads). */
const LOCAL = [
  'effective_participants',
  'participant_chips',
  'timing_reads',
  'reader_streams',
  'stream_notices',
  'read_links',
  'stale_links',
  'changed_people',
  'refused_lines',
  'sync_queue',
  'event_turns',
  'rate_budget',
  'evidence_seen',
  'sync_looks',
  'reconciliation_findings',
  'alerts',
  'outbox',
  'access_tokens',
  'settings',
  'replication_cursors',
  'carried_columns',
] as const satisfies readonly TableName[]

const IS_LOCAL: ReadonlySet<TableName> = new Set(LOCAL)

/** Tables whose rows are known elsewhere too. */
export type ReplicatedName = Exclude<TableName, (typeof LOCAL)[number]> | 'timing_reads'

export interface ColumnShape {
  /** camelCase, as rows have it. */
  readonly key: string
  readonly name: string
  readonly column: SQLiteColumn
  /** How a value is kept and read again; null: as it is. */
  readonly encode: ((value: unknown) => unknown) | null
  readonly decode: ((value: unknown) => unknown) | null
}

export interface TableShape {
  readonly name: TableName
  readonly table: SQLiteTable
  /** Whether its rows wait in the outbox for other places. */
  readonly replicated: boolean
  /** Null: it stays on the laptop. */
  readonly rule: MergeRule | null
  /** Its rows say which other laptop's word their writer had seen. */
  readonly seesClocks: boolean
  readonly columns: readonly ColumnShape[]
  readonly primaryKey: readonly string[]
}

const snake = (key: string): string => key.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)

const COMPOSITE: Readonly<Record<string, readonly string[]>> = {
  participant_chips: ['chip', 'participant_id'],
  evidence_seen: ['account', 'operation'],
  carried_columns: ['table_name', 'row_id'],
  event_turns: ['connection_id', 'normalized_event_id'],
  reader_streams: ['session_id', 'stream_id', 'stream_location'],
}

/** Kept as they are: asking each column of each row how to keep it took a tenth of storing somebody. */
const PLAIN: ReadonlySet<string> = new Set(['SQLiteText', 'SQLiteInteger', 'SQLiteReal'])

function columnShape(key: string, column: SQLiteColumn): ColumnShape {
  const plain = PLAIN.has(column.columnType)
  return {
    ...{ key, column, name: snake(key) },
    encode: plain ? null : value => column.mapToDriverValue(value),
    decode: plain ? null : value => column.mapFromDriverValue(value as never),
  }
}

function shapeOf(table: SQLiteTable): TableShape {
  const name = getTableName(table) as TableName
  const columns = Object.entries(getTableColumns(table)).map(([key, column]) => columnShape(key, column))
  const primaryKey =
    COMPOSITE[name] ?? columns.filter(({ column }) => column.primary).map(column => column.name)
  return {
    ...{ name, table, columns, primaryKey, replicated: !IS_LOCAL.has(name) },
    rule: name in MERGE_RULES ? MERGE_RULES[name as ReplicatedName] : null,
    seesClocks: columns.some(column => column.name === 'seen_clock'),
  }
}

export const TABLES: ReadonlyMap<TableName, TableShape> = new Map(
  Object.values(schema)
    .filter(table => is(table, SQLiteTable))
    .map(table => {
      const shape = shapeOf(table as SQLiteTable)
      return [shape.name, shape]
    }),
)
