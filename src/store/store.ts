import { AppError } from '../core/errors.ts'
import type { Clock, Json } from '../core/runtime.ts'
import { createAuditChain } from './audit.ts'
import { becomePartner } from './become-partner.ts'
import { settleCarried } from './carried-columns.ts'
import { createCheckpoints } from './checkpoints.ts'
import { copyDatabase } from './copy.ts'
import { createForcing } from './forcing.ts'
import { hasGainedColumns } from './gained-columns.ts'
import { createHybridClock } from './hybrid-clock.ts'
import { newId } from './ids.ts'
import { type OpenOptions, openDatabase } from './open.ts'
import { createReader, type Reader } from './reader.ts'
import type { TableName } from './tables.ts'
import { createWriter, type Writer } from './writer.ts'

/** A timing company, as its central database knows it. */
export interface Partner {
  readonly id: number
  readonly name: string
}

export interface Store {
  /**
   * One transaction with its outbox and audit rows, or nothing. Synchronous; never around an await.
   * @param force `later`: it may be lost with the power, as a whole and with all that was written after it unforced;
   *   for what is computed from other rows, and for who waits for `forced`. Left out: it is on the disk when this returns.
   */
  write<T>(work: (writer: Writer) => T, actor?: string, force?: 'now' | 'later'): T
  /**
   * One transaction, like write; resolves when it is on the disk, which another thread waits for: reads are taken
   * meanwhile. For what a crew decides while readers send. @throws AppError store.unwritable
   */
  writeForced<T>(work: (writer: Writer) => T, actor: string): Promise<T>
  /**
   * Resolves when all that was written until now is on the disk, which another thread waits for. @throws AppError
   * store.unwritable, from then on for good
   */
  forced(): Promise<void>
  /**
   * Null; or, while the write-ahead log is made to begin anew, what resolves when that is done. Who can wait with a write
   * does: it would hold the event loop for as long as the disk takes.
   */
  rest(): Promise<void> | null
  readonly read: Reader
  /** Says which tables changed, never what changed: read again. Called after the commit. */
  onChange(listener: (tables: ReadonlySet<TableName>) => void): () => void
  /** This laptop in clocks and in the audit chain. */
  readonly laptopId: string
  readonly partnerId: number
  /**
   * The timing company this laptop works for, as its central database says: everything here becomes theirs, in one
   * transaction. Ids stay. @throws AppError conflict: it works for another one already
   */
  joinPartner(partner: Partner): void
  /** @throws AppError conflict, when joinPartner would */
  checkPartner(partner: Partner): void
  readonly file: string
  /** A whole copy while the store is in use. The file's folder must be there. */
  backup(file: string): Promise<void>
  close(): void
}

/** @throws AppError store.damaged, store.newer, store.unwritable */
export function openStore(options: OpenOptions): Store {
  const sqlite = openDatabase(options)
  const clock: Clock = options.clock
  const reader = createReader(sqlite)
  const listeners = new Set<(tables: ReadonlySet<TableName>) => void>()
  const statements = new Map()
  const setting = (key: string): Json | undefined => {
    const row = reader.get<{ value: string | null }>('SELECT value FROM settings WHERE key = ?', key)
    return row?.value == null ? undefined : (JSON.parse(row.value) as Json)
  }
  const keep = (key: string, value: Json): void => {
    sqlite
      .prepare('INSERT OR REPLACE INTO settings (key, value, updated_at) VALUES (?, ?, ?)')
      .run(key, JSON.stringify(value), clock())
  }
  const laptopId = String(setting('laptop_id') ?? newId())
  let partnerId = Number(setting('timing_partner_id') ?? 0)
  if (setting('laptop_id') === undefined) {
    keep('laptop_id', laptopId)
    sqlite
      .prepare('INSERT OR IGNORE INTO timing_partners (id, name, created_at, updated_at) VALUES (?, ?, ?, ?)')
      .run(partnerId, 'This laptop', clock(), clock())
  }
  const lastClock = setting('hybrid_clock')
  const hybrid = createHybridClock(clock, laptopId, typeof lastClock === 'string' ? lastClock : null)
  const auditChain = createAuditChain(
    laptopId,
    reader.get<{ sequence: number; hash: string }>(
      'SELECT sequence, hash FROM audit_log WHERE laptop_id = ? ORDER BY sequence DESC LIMIT 1',
      laptopId,
    ) ?? null,
  )
  const checkpoints = options.file === ':memory:' ? null : createCheckpoints(sqlite, options)
  // Only a write-ahead log can be forced from beside; where a disk allows none, each commit is.
  const hasLog = sqlite.pragma('journal_mode', { simple: true }) === 'wal'
  const forcing = hasLog ? createForcing(options.file) : null
  let writing = false

  const store: Store = {
    write(work, actor = 'trackside', force = 'now') {
      if (writing) throw new Error('store.write inside store.write: hand the writer on instead')
      const changed = new Set<TableName>()
      const clockBefore = hybrid.last
      const mark = auditChain.mark()
      const later = force === 'later' && forcing !== null
      writing = true
      let result: ReturnType<typeof work>
      try {
        const at = clock()
        const parts = {
          sqlite,
          reader,
          statements,
          auditChain,
          hybridClock: hybrid,
          laptopId,
          partnerId,
          actor,
          at,
        }
        const writer = createWriter(parts, changed)
        if (later) sqlite.pragma('synchronous = NORMAL')
        sqlite.exec('BEGIN IMMEDIATE')
        result = work(writer)
        if (hybrid.last !== clockBefore) keep('hybrid_clock', hybrid.last)
        sqlite.exec('COMMIT')
      } catch (error) {
        if (sqlite.inTransaction) sqlite.exec('ROLLBACK')
        auditChain.reset(mark)
        hybrid.reset(clockBefore)
        throw error
      } finally {
        if (later) sqlite.pragma('synchronous = FULL')
        writing = false
      }
      // A commit that SQLite forces brings those before it along, but one that changed nothing forces nothing.
      if (later) forcing?.written()
      checkpoints?.written()
      if (changed.size > 0) for (const listener of [...listeners]) listener(changed)
      return result
    },
    async writeForced(work, actor) {
      const result = store.write(work, actor, 'later')
      await store.forced()
      return result
    },
    forced: async () => forcing?.forced(),
    rest: () => checkpoints?.rest() ?? null,
    read: reader,
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    laptopId,
    get partnerId() {
      return partnerId
    },
    checkPartner(partner) {
      if (partnerId === 0 || partnerId === partner.id) return
      throw new AppError(
        'conflict',
        `This laptop works for timing partner ${partnerId} already, and its data with it; ${partner.name} is another one. Use another data folder for them.`,
      )
    },
    joinPartner(partner) {
      store.checkPartner(partner)
      store.write(writer => becomePartner(writer, partner))
      partnerId = partner.id
    },
    file: options.file,
    backup: file => copyDatabase(sqlite, file),
    close() {
      checkpoints?.stop()
      forcing?.stop()
      if (sqlite.open) sqlite.close()
    },
  }
  if (hasGainedColumns(reader)) store.write(settleCarried, 'replication')
  return store
}
