import type { Topic } from '../api/system.ts'
import type { Clock } from '../core/runtime.ts'
import type { Store } from '../store/store.ts'
import type { TableName } from '../store/tables.ts'

/** Who shows what follows from which table. */
const TOPICS_OF: { readonly [table in TableName]?: readonly Topic[] } = {
  timing_reads: ['reads'],
  read_links: ['reads'],
  read_assignments: ['reads'],
  chip_assignments: ['reads', 'participants'],
  test_chips: ['reads'],
  bib_chips: ['reads', 'participants'],
  refused_lines: ['timing'],
  stream_notices: ['timing'],
  timing_sessions: ['timing', 'reads'],
  timing_locations: ['timing', 'reads', 'participants'],
  location_rules: ['timing', 'reads'],
  reader_offsets: ['timing', 'reads', 'participants'],
  course_points: ['reads', 'participants'],
  effective_participants: ['participants'],
  normalized_participants: ['participants'],
  participant_overrides: ['participants', 'connections'],
  push_receipts: ['participants'],
  normalized_events: ['participants'],
  race_days: ['participants'],
  race_day_events: ['participants'],
  starts: ['participants', 'reads'],
  sync_operations: ['sync'],
  normalized_results: ['results'],
  publication_receipts: ['results'],
  number_receipts: ['sync'],
  connection_events: ['results'],
  provider_connections: ['connections', 'sync'],
  evidence_seen: ['connections'],
  field_mappings: ['connections'],
  alerts: ['health'],
  sync_looks: ['sync'],
  reconciliations: ['sync'],
  reconciliation_findings: ['sync'],
  displays: ['displays'],
  display_layouts: ['displays'],
}

/** A start line writes a thousand times a second; a screen is told at most so often. */
const AT_MOST_EVERY_MS = 100

export interface Topics {
  /** Tells what changed from now on, until the signal ends it. */
  watch(
    topics: readonly Topic[],
    signal: AbortSignal | undefined,
  ): AsyncGenerator<{ topics: Topic[]; at: number }, void>
  changed(topic: Topic): void
  close(): void
}

export function createTopics(store: Store, clock: Clock): Topics {
  const watchers = new Set<(topic: Topic) => void>()
  const closing = new AbortController()
  const changed = (topic: Topic): void => {
    for (const watcher of watchers) watcher(topic)
  }
  const off = store.onChange(tables => {
    const topics = new Set<Topic>()
    for (const table of tables) for (const topic of TOPICS_OF[table] ?? []) topics.add(topic)
    for (const topic of topics) changed(topic)
  })
  return {
    async *watch(topics, signal) {
      const pending = new Set<Topic>()
      let wake: (() => void) | null = null
      const watcher = (topic: Topic): void => {
        if (!topics.includes(topic)) return
        pending.add(topic)
        wake?.()
      }
      const end = (): void => wake?.()
      const ended = (): boolean => closing.signal.aborted || signal?.aborted === true
      watchers.add(watcher)
      signal?.addEventListener('abort', end)
      closing.signal.addEventListener('abort', end)
      try {
        yield { topics: [...topics], at: clock() }
        while (!ended()) {
          if (pending.size === 0) await new Promise<void>(resolve => (wake = resolve))
          wake = null
          if (ended()) return
          await new Promise(resolve => setTimeout(resolve, AT_MOST_EVERY_MS))
          const told = [...pending]
          pending.clear()
          if (told.length > 0) yield { topics: told, at: clock() }
        }
      } finally {
        watchers.delete(watcher)
        signal?.removeEventListener('abort', end)
        closing.signal.removeEventListener('abort', end)
      }
    },
    changed,
    close() {
      off()
      closing.abort()
    },
  }
}
