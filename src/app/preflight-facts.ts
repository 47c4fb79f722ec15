import { statfs } from 'node:fs/promises'
import { isAppError } from '../core/errors.ts'
import { providerById } from '../providers/index.ts'
import { allConnections, type ConnectionRow } from '../store/connections.ts'
import type { Reader } from '../store/reader.ts'
import type { Row } from '../store/tables.ts'
import { waitingFor } from '../sync/entries.ts'
import type { AppParts } from './parts.ts'
import type { PreflightFacts } from './preflight.ts'
import { EVENTS_OF_DAY } from './race-days.ts'

const REGISTERED = `FROM effective_participants e WHERE e.registration_status = 'registered'
  AND e.normalized_event_id IN (${EVENTS_OF_DAY})`

const countOf = (read: Reader, sql: string, raceDayId: string): number =>
  read.get<{ found: number }>(sql, raceDayId)?.found ?? 0

/** Connections that bring an event of a race day, as they were last run. */
export function connectionsOfDay(read: Reader, raceDayId: string): readonly ConnectionRow[] {
  const ids = new Set(
    read
      .all<{ id: string }>(
        `SELECT DISTINCT connection_id AS id FROM connection_events WHERE normalized_event_id IN (${EVENTS_OF_DAY})`,
        raceDayId,
      )
      .map(row => row.id),
  )
  return allConnections(read).filter(connection => ids.has(connection.id))
}

function peopleFacts(
  read: Reader,
  raceDayId: string,
  connections: readonly ConnectionRow[],
  now: number,
): PreflightFacts['people'] {
  const fetches = read.all<{ name: string; at: number | null; connected: number }>(
    `SELECT v.event_name AS name, MAX(MAX(COALESCE(c.last_full_at, 0), COALESCE(c.last_pull_at, 0))) AS at,
     COUNT(p.id) AS connected
     FROM normalized_events v LEFT JOIN connection_events c ON c.normalized_event_id = v.id
     LEFT JOIN provider_connections p ON p.id = c.connection_id AND p.deleted_at IS NULL
     WHERE v.id IN (${EVENTS_OF_DAY}) GROUP BY v.id ORDER BY v.event_name`,
    raceDayId,
  )
  const connected = fetches.filter(event => event.connected > 0)
  const oldest = connected.length === 0 ? 0 : Math.min(...connected.map(event => event.at ?? 0))
  const accepted = read.get<{ people: number; at: number | null }>(
    `SELECT COUNT(DISTINCT r.participant_id) AS people, MAX(r.accepted_at) AS at FROM push_receipts r
     JOIN effective_participants e ON e.participant_id = r.participant_id AND e.registration_status = 'registered'
     WHERE r.accepted_hash <> '' AND e.normalized_event_id IN (${EVENTS_OF_DAY})`,
    raceDayId,
  )
  return {
    here: countOf(read, `SELECT COUNT(*) AS found ${REGISTERED}`, raceDayId),
    byHand: countOf(
      read,
      `SELECT COUNT(*) AS found ${REGISTERED} AND e.participant_id IN (
         SELECT p.id FROM normalized_participants p JOIN normalized_events v ON v.id = p.normalized_event_id
         WHERE p.source_provider <> v.source_provider)`,
      raceDayId,
    ),
    atProvider: countOf(
      read,
      `SELECT COUNT(*) AS found FROM normalized_participants p JOIN normalized_events v
         ON v.id = p.normalized_event_id AND v.source_provider = p.source_provider
       WHERE p.registration_status = 'registered' AND v.id IN (${EVENTS_OF_DAY})`,
      raceDayId,
    ),
    inScoring: accepted?.people ?? 0,
    acceptedAt: accepted?.at ?? null,
    waiting: connections.reduce(
      (sum, connection) => sum + waitingFor(read, connection, providerById(connection.targetProvider), now),
      0,
    ),
    fetchedAt: oldest === 0 ? null : oldest,
    unconnected: fetches.filter(event => event.connected === 0).map(event => event.name),
    connections: connections.length,
  }
}

function chipFacts(read: Reader, raceDayId: string): PreflightFacts['chips'] {
  const inFile = countOf(
    read,
    'SELECT COUNT(*) AS found FROM bib_chips WHERE race_day_id = ? AND removed = 0',
    raceDayId,
  )
  const without = read.all<{ bib: string }>(
    `SELECT DISTINCT e.bib_number AS bib ${REGISTERED} AND e.bib_key IS NOT NULL
     AND NOT EXISTS (SELECT 1 FROM bib_chips b WHERE b.race_day_id = ? AND b.bib_number = e.bib_key AND b.removed = 0)
     AND NOT EXISTS (SELECT 1 FROM participant_chips c WHERE c.participant_id = e.participant_id)
     ORDER BY length(e.bib_key), e.bib_key`,
    raceDayId,
    raceDayId,
  )
  return { inFile, bibsWithout: without.length, examples: without.slice(0, 6).map(row => row.bib) }
}

/** Of the devices that connected readers brought reads of. */
function clockFacts(readers: AppParts['readers']): PreflightFacts['clocks'] {
  const clocks = new Map(readers.peers().flatMap(peer => peer.clocks.map(clock => [clock.device, clock])))
  return [...clocks.values()].sort((a, b) => a.device.localeCompare(b.device))
}

async function keyFacts(
  parts: AppParts,
  connections: readonly ConnectionRow[],
): Promise<PreflightFacts['keys']> {
  const state = parts.secrets().state()
  const lacking: string[] = []
  for (const connection of connections) {
    for (const side of ['source', 'target'] as const) {
      const provider = providerById(side === 'source' ? connection.sourceProvider : connection.targetProvider)
      let kept: Readonly<Record<string, string>> = {}
      try {
        kept = await parts.keys.read(connection.id, side)
      } catch (error) {
        if (!isAppError(error)) throw error
        return { ok: false, message: error.message, lacking }
      }
      for (const { name, label, secret, required } of provider.settings)
        if (secret && required && !kept[name]) lacking.push(`${provider.name} ${label}`)
    }
  }
  return { ...state, lacking }
}

const freeBytes = async (folder: string): Promise<number | null> => {
  try {
    const disk = await statfs(folder)
    return disk.bavail * disk.bsize
  } catch {
    return null
  }
}

function takesWrites({ store, config }: AppParts): boolean {
  const now = config.clock()
  try {
    store.write(writer => writer.put('settings', { key: 'last_health_check', value: now, updatedAt: now }))
    return true
  } catch {
    return false
  }
}

/** What is known here, without a call to anybody. */
export async function preflightFacts(parts: AppParts, day: Row<'race_days'>): Promise<PreflightFacts> {
  const { config, store, sync, readers, backups } = parts
  const { read } = store
  const now = config.clock()
  const connections = connectionsOfDay(read, day.id)
  const door = readers.doors().find(one => one.protocol === 'ctp01')
  return {
    now,
    raceDate: day.raceDate,
    zone: day.timezone,
    laptopZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    people: peopleFacts(read, day.id, connections, now),
    withoutBib: countOf(read, `SELECT COUNT(*) AS found ${REGISTERED} AND e.bib_key IS NULL`, day.id),
    doubledBibs: read
      .all<{ bib: string }>(
        `SELECT MIN(e.bib_number) AS bib ${REGISTERED} AND e.bib_key IS NOT NULL
         GROUP BY e.bib_key HAVING COUNT(*) > 1 ORDER BY length(e.bib_key), e.bib_key`,
        day.id,
      )
      .map(row => row.bib),
    chips: chipFacts(read, day.id),
    port: {
      listening: door?.port ?? null,
      trouble: door?.message ?? null,
    },
    readers: readers.peers().map(({ program, address, state, lastReadAt, locations }) => ({
      name: [program, locations.join(', ')].filter(Boolean).join(' · ') || address,
      ...{ address, state, lastReadAt },
    })),
    clocks: clockFacts(readers),
    disk: { freeBytes: await freeBytes(config.dataFolder), takesWrites: takesWrites(parts) },
    backup: backups.state(),
    keys: await keyFacts(parts, connections),
    network: sync.network.state(),
  }
}
