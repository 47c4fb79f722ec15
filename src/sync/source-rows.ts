import { applySourceMapping, type MappingConfig } from '../core/mapping.ts'
import type { Json } from '../core/runtime.ts'
import type { Provider } from '../providers/provider.ts'
import { type ConnectionRow, eventsOf, mappingOf } from '../store/connections.ts'
import { type SourceRow, storeParticipants } from '../store/participants.ts'
import { rowWhere } from '../store/rows.ts'
import type { Store } from '../store/store.ts'
import type { Row } from '../store/tables.ts'
import { breath } from './breath.ts'

/** Rows of one transaction, so that reads and the window are served in between. */
const CHUNK = 200

/**
 * One item of a provider as ours, by a mapping.
 * @throws AppError participant.unreadable
 */
export function sourceRow(
  participants: NonNullable<Provider['participants']>,
  fields: Provider['fields'],
  raw: Json,
  mapping: MappingConfig,
): Required<SourceRow> {
  const participant = participants.normalize(raw)
  const { values, refusals } = applySourceMapping(participant.values, raw, mapping, fields)
  return { participant: { ...participant, values }, written: JSON.stringify(raw), refusals }
}

/**
 * What is stored of somebody, read again by a mapping. Somebody gone stays gone: that was said by saying nothing.
 */
export function storedRow(
  provider: Provider,
  stored: Row<'normalized_participants'>,
  mapping: MappingConfig,
): Required<SourceRow> | null {
  if (!provider.participants || stored.normalizedData === null) return null
  const read = sourceRow(provider.participants, provider.fields, stored.normalizedData, mapping)
  const { values } = read.participant
  const gone = stored.registrationStatus === 'gone'
  return {
    participant: {
      ...read.participant,
      values: { ...values, registration_status: gone ? 'gone' : values.registration_status },
    },
    written: read.written,
    refusals: read.refusals,
  }
}

/** What is stored, read again by the newest mapping: no call is made for it. */
export async function renormalize(
  store: Store,
  connection: ConnectionRow,
  provider: Provider,
): Promise<void> {
  if (!provider.participants) return
  const { mapping } = mappingOf(store.read, connection.id)
  for (const event of eventsOf(store.read, connection)) {
    const ids = store.read
      .all<{ id: string }>(
        `SELECT id FROM normalized_participants WHERE normalized_event_id = ? AND source_provider = ? AND normalized_data IS NOT NULL`,
        event.id,
        provider.id,
      )
      .map(({ id }) => id)
    for (let start = 0; start < ids.length; start += CHUNK) {
      store.write(writer => {
        const rows = ids.slice(start, start + CHUNK).flatMap(id => {
          const stored = rowWhere(writer, 'normalized_participants', 'id = ?', id)
          const row = stored === null ? null : storedRow(provider, stored, mapping)
          return row === null ? [] : [row]
        })
        storeParticipants(writer, event, rows, false)
      })
      await breath()
    }
  }
}
