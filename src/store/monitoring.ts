import { BY_HAND } from './participant-columns.ts'
import type { Reader } from './reader.ts'
import { rowsWhere } from './rows.ts'
import type { Row } from './tables.ts'

const HOUR_MS = 3_600_000

export interface SyncCounts {
  readonly total: number
  readonly successful: number
  readonly failed: number
  /** Begun by a person, a retry included. */
  readonly manual: number
}

/** Syncs of a connection that began within one hour. */
export interface HourOfSyncs extends SyncCounts {
  readonly connectionId: string
  /** 0 is the first hour after `since`. */
  readonly hour: number
}

/** By connection and hour, those of connections since taken away too; hours without any are left out. */
export const syncsByHour = (reader: Reader, since: number): HourOfSyncs[] =>
  reader.all<HourOfSyncs>(
    `SELECT so.connection_id AS connectionId, CAST((so.started_at - ?) / ${HOUR_MS} AS INTEGER) AS hour,
       COUNT(*) AS total, SUM(so.status = 'completed') AS successful, SUM(so.status = 'failed') AS failed,
       SUM(so.trigger_type <> 'scheduled') AS manual
     FROM provider_connections pc JOIN sync_operations so ON so.connection_id = pc.id AND so.started_at > ?
     GROUP BY 1, 2 ORDER BY 1, 2`,
    since,
    since,
  )

export interface PartnerSummary {
  readonly timingPartner: string
  readonly totalConnections: number
  readonly activeConnections: number
  readonly totalSyncs24h: number
  readonly successfulSyncs24h: number
  readonly failedSyncs24h: number
  readonly manualSyncs24h: number
}

/** Each table is counted by itself: joined, a connection would be counted once for every sync it had. */
export const partnerSummaries = (reader: Reader, since: number): PartnerSummary[] =>
  reader.all<PartnerSummary>(
    `SELECT tp.name AS timingPartner,
       COALESCE(c.total, 0) AS totalConnections, COALESCE(c.active, 0) AS activeConnections,
       COALESCE(s.total, 0) AS totalSyncs24h, COALESCE(s.successful, 0) AS successfulSyncs24h,
       COALESCE(s.failed, 0) AS failedSyncs24h, COALESCE(s.manual, 0) AS manualSyncs24h
     FROM timing_partners tp
     LEFT JOIN (SELECT timing_partner_id, COUNT(*) AS total, SUM(auto_sync_enabled) AS active
                FROM provider_connections WHERE deleted_at IS NULL GROUP BY 1) c ON c.timing_partner_id = tp.id
     LEFT JOIN (SELECT pc.timing_partner_id, COUNT(*) AS total, SUM(so.status = 'completed') AS successful,
                  SUM(so.status = 'failed') AS failed, SUM(so.trigger_type <> 'scheduled') AS manual
                FROM provider_connections pc
                JOIN sync_operations so ON so.connection_id = pc.id AND so.started_at > ?
                GROUP BY 1) s ON s.timing_partner_id = tp.id
     ORDER BY tp.name, tp.id`,
    since,
  )

export function totals(reader: Reader): { readonly events: number; readonly participants: number } {
  const count = (table: 'normalized_events' | 'normalized_participants'): number =>
    reader.get<{ rows: number }>(`SELECT COUNT(*) AS rows FROM ${table}`)?.rows ?? 0
  return { events: count('normalized_events'), participants: count('normalized_participants') }
}

/** How many people of a partner have been in so many events. */
export interface PeopleByEvents {
  readonly partnerId: number
  readonly events: number
  readonly people: number
}

/** Who was not recognized as somebody else's second registration counts alone; a registration that lives on in another one does not count. */
export const peopleByEvents = (reader: Reader): PeopleByEvents[] =>
  reader.all<PeopleByEvents>(
    `SELECT partnerId, events, COUNT(*) AS people FROM (
       SELECT timing_partner_id AS partnerId, COUNT(DISTINCT normalized_event_id) AS events
       FROM normalized_participants WHERE global_participant_id IS NOT NULL AND successor_id IS NULL
       GROUP BY timing_partner_id, global_participant_id
       UNION ALL
       SELECT timing_partner_id, 1 FROM normalized_participants
       WHERE global_participant_id IS NULL AND successor_id IS NULL)
     GROUP BY partnerId, events ORDER BY partnerId, events`,
  )

/** Registration providers that people of a partner came by. */
export const providersUsed = (
  reader: Reader,
): { readonly partnerId: number; readonly name: string; readonly providers: number }[] =>
  reader.all(
    `SELECT tp.id AS partnerId, tp.name,
       (SELECT COUNT(DISTINCT p.source_provider) FROM normalized_participants p
        WHERE p.timing_partner_id = tp.id AND p.source_provider <> ?) AS providers
     FROM timing_partners tp ORDER BY tp.name, tp.id`,
    BY_HAND,
  )

/** Of a connection, the oldest first. */
export const reconciliationsSince = (
  reader: Reader,
  connectionId: string,
  since: number,
): Row<'reconciliations'>[] =>
  rowsWhere(
    reader,
    'reconciliations',
    'connection_id = ? AND read_at > ? ORDER BY read_at, operation_id, normalized_event_id',
    connectionId,
    since,
  )
