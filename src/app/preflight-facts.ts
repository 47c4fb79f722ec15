import { statfs } from 'node:fs/promises'
import { isAppError } from '../core/errors.ts'
import { providerById } from '../providers/index.ts'
import { allConnections, type ConnectionRow } from '../store/connections.ts'
import type { Reader } from '../store/reader.ts'
import type { Row } from '../store/tables.ts'
import { waitingFor } from '../sync/entries.ts'
import { giveWay } from './give-way.ts'
import { hubFacts } from './hub-facts.ts'
import type { AppParts } from './parts.ts'
import type { PreflightFacts } from './preflight.ts'
import { EVENTS_OF_DAY } from './race-days.ts'

const REGISTERED = `FROM effective_participants e WHERE e.registration_status = 'registered'
  AND e.normalized_event_id IN (${EVENTS_OF_DAY})`

/** Of the provider that brings the event. */
const FROM_PROVIDER = `FROM normalized_events v CROSS JOIN normalized_participants p
  ON p.normalized_event_id = v.id AND p.source_provider = v.source_provider WHERE v.id IN (${EVENTS_OF_DAY})`

const countOf = (read: Reader, sql: string, ...raceDayIds: readonly string[]): number =>
  read.get<{ found: number }>(sql, ...raceDayIds)?.found ?? 0

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

async function peopleFacts(
  read: Reader,
  raceDayId: string,
  connections: readonly ConnectionRow[],
  here: number,
  now: number,
): Promise<PreflightFacts['people']> {
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
  await giveWay()
  const byHand = countOf(
    read,
    `SELECT COUNT(*) AS found ${REGISTERED} AND e.participant_id IN (
       SELECT p.id FROM normalized_events v CROSS JOIN normalized_participants p
         INDEXED BY normalized_participants_key ON p.normalized_event_id = v.id
       WHERE p.source_provider <> v.source_provider AND v.id IN (${EVENTS_OF_DAY}))`,
    raceDayId,
    raceDayId,
  )
  await giveWay()
  const said = countOf(read, `SELECT COUNT(*) AS found ${FROM_PROVIDER}`, raceDayId)
  const left = countOf(
    read,
    `SELECT COUNT(*) AS found ${FROM_PROVIDER} AND p.registration_status <> 'registered'`,
    raceDayId,
  )
  await giveWay()
  return {
    ...{ here, byHand, atProvider: said - left },
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

const BIBS_AT_ONCE = 5000
const BEYOND_ALL = '\u{10FFFF}'

const WITHOUT_CHIP = `SELECT DISTINCT e.bib_number AS bib, e.bib_key AS key
  FROM effective_participants e INDEXED BY effective_participants_bib
  WHERE e.bib_key > ? AND e.bib_key <= ? AND e.registration_status = 'registered'
  AND +e.normalized_event_id IN (${EVENTS_OF_DAY})
  AND NOT EXISTS (SELECT 1 FROM bib_chips b WHERE b.race_day_id = ? AND b.bib_number = e.bib_key AND b.removed = 0)
  AND NOT EXISTS (SELECT 1 FROM participant_chips c WHERE c.participant_id = e.participant_id)`

/** Bibs of registered people that no chip is on; between pieces the event loop goes on. */
async function bibsWithoutChip(read: Reader, raceDayId: string): Promise<readonly string[]> {
  const without: { readonly bib: string; readonly key: string }[] = []
  for (let from = ''; from !== BEYOND_ALL; await giveWay()) {
    const last = read.get<{ key: string }>(
      `SELECT bib_key AS key FROM effective_participants WHERE bib_key > ? ORDER BY bib_key LIMIT 1 OFFSET ${BIBS_AT_ONCE}`,
      from,
    )
    const to = last?.key ?? BEYOND_ALL
    without.push(...read.all<(typeof without)[number]>(WITHOUT_CHIP, from, to, raceDayId, raceDayId))
    from = to
  }
  // The bibs of a piece come by their key: among those of one length that is their order.
  return without.sort((a, b) => a.key.length - b.key.length).map(({ bib }) => bib)
}

async function chipFacts(read: Reader, raceDayId: string): Promise<PreflightFacts['chips']> {
  const inFile = countOf(
    read,
    'SELECT COUNT(*) AS found FROM bib_chips WHERE race_day_id = ? AND removed = 0',
    raceDayId,
  )
  const without = await bibsWithoutChip(read, raceDayId)
  return { inFile, bibsWithout: without.length, examples: without.slice(0, 6) }
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
  const { config, store, sync, readers, backups, entered } = parts
  const { read } = store
  const now = config.clock()
  const connections = connectionsOfDay(read, day.id)
  const counts = entered.counts(day.id)
  const door = readers.doors().find(one => one.protocol === 'ctp01')
  return {
    now,
    raceDate: day.raceDate,
    zone: day.timezone,
    laptopZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    people: await peopleFacts(read, day.id, connections, counts.registered, now),
    withoutBib: counts.withoutBib,
    doubledBibs: entered.doubledBibs(day.id),
    chips: await chipFacts(read, day.id),
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
    hub: await hubFacts(parts),
  }
}
