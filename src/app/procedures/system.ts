import { hostname } from 'node:os'
import { TOPICS, type Topic } from '../../api/system.ts'
import { AppError } from '../../core/errors.ts'
import { os } from '../door.ts'
import type { AppParts } from '../parts.ts'
import type { Door } from '../readers/readers.ts'
import { replicationShown } from '../replication-shown.ts'

/** Between two tries to write: screens ask for the health every few seconds. */
const TRY_EVERY_MS = 15_000

/** Whether the database still takes writes: a disk that filled up is said, not found out at the finish line. */
function watchDatabase({ store, config }: AppParts): () => boolean {
  let tried = Number.NEGATIVE_INFINITY
  let ok = true
  return () => {
    const now = config.clock()
    if (Math.abs(now - tried) < TRY_EVERY_MS) return ok
    tried = now
    try {
      // Not said to be a change: nothing a person did, and nothing to make a backup for.
      store.write(writer =>
        writer.run(
          'INSERT OR REPLACE INTO settings (key, value, updated_at) VALUES (?, ?, ?)',
          'last_health_check',
          JSON.stringify(now),
          now,
        ),
      )
      ok = true
    } catch (error) {
      ok = false
      config.log.error({ error: String(error) }, 'the database takes no writes')
    }
    return ok
  }
}

/** What is wrong with the ports for readers, in words; null if nothing is. */
const troubleOf = (doors: readonly Door[]): string | null =>
  doors.flatMap(door => door.message ?? []).join(' ') || null

export function systemProcedures(parts: AppParts) {
  const { store, config } = parts
  const databaseOk = watchDatabase(parts)
  return {
    health: os.system.health.handler(({ context }) => {
      const ok = databaseOk()
      const { state, pending, words } = replicationShown(parts)
      const secrets = parts.secrets()
      const backup = parts.backups.state()
      const fine = ok && secrets.state().ok && backup.state !== 'failed'
      return {
        status: fine ? ('ok' as const) : ('degraded' as const),
        version: config.version,
        uptimeS: Math.round((config.clock() - parts.startedAt) / 1000),
        database: { ok, path: store.file },
        central: { state, pending, words },
        network: parts.sync.network.state(),
        secrets: { kind: secrets.kind, ...secrets.state() },
        backup,
        laptop: hostname(),
        practice: config.practice ?? false,
        canPractice: config.startPractice !== undefined,
        you: context.who,
      }
    }),
    stream: os.system.stream.handler(async function* ({ input, signal }) {
      const asked = input.topics.split(',').map(topic => topic.trim())
      const topics = TOPICS.filter((topic): topic is Topic => asked.includes(topic))
      if (topics.length === 0)
        throw new AppError('input.invalid', `topics: one or more of ${TOPICS.join(', ')}.`)
      yield* parts.topics.watch(topics, signal)
    }),
    audit: os.system.audit.handler(({ input }) => {
      const rows = store.read.all<Record<string, string | number | null>>(
        // By the order of writing: a moved or restored database has the chains of several laptops.
        `SELECT rowid AS place, * FROM audit_log WHERE rowid < ? AND (? IS NULL OR row_id = ?)
         ORDER BY rowid DESC LIMIT ?`,
        input.after ?? Number.MAX_SAFE_INTEGER,
        input.rowId ?? null,
        input.rowId ?? null,
        input.limit,
      )
      return {
        entries: rows.map(row => ({
          id: String(row.id),
          at: Number(row.at),
          actor: String(row.actor),
          action: String(row.action),
          tableName: String(row.table_name),
          rowId: String(row.row_id),
          before: JSON.parse(String(row.before)),
          after: JSON.parse(String(row.after)),
          reason: row.reason === null ? null : String(row.reason),
        })),
        next: rows.length < input.limit ? null : Number(rows.at(-1)?.place),
      }
    }),
    startPractice: os.system.startPractice.handler(async () => {
      if (!config.startPractice) {
        throw new AppError('conflict', 'A practice race cannot be started from here. Run `npm run practice`.')
      }
      return { address: await config.startPractice() }
    }),
    unlockSecrets: os.system.unlockSecrets.handler(async ({ input }) => {
      await parts.secrets().unlock(input.passphrase)
      parts.topics.changed('health')
      return { success: true as const }
    }),
    details: os.system.details.handler(() => {
      const count = (table: string): number =>
        store.read.get<{ rows: number }>(`SELECT COUNT(*) AS rows FROM ${table}`)?.rows ?? 0
      return {
        version: config.version,
        database: store.file,
        laptop: hostname(),
        timingPartnerId: store.partnerId,
        timing: { port: parts.readers.port('ctp01'), trouble: troubleOf(parts.readers.doors()) },
        secrets: parts.secrets().kind,
        events: count('normalized_events'),
        participants: count('normalized_participants'),
        reads: count('timing_reads'),
        links: count('read_links'),
        outbox: count('outbox'),
      }
    }),
  }
}
