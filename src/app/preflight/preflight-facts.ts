import { statfs } from 'node:fs/promises'
import { isAppError } from '../../core/errors.ts'
import { providerById } from '../../providers/index.ts'
import { allConnections, type ConnectionRow } from '../../store/connections.ts'
import { EVENTS_OF_DAY } from '../../store/race-day-events.ts'
import type { Reader } from '../../store/reader.ts'
import type { Row } from '../../store/tables.ts'
import { waitingFor } from '../../sync/entries.ts'
import { hubFacts } from '../hub-facts.ts'
import type { AppParts } from '../parts.ts'
import type { PreflightFacts } from './preflight.ts'
import type { PeopleCounted } from './preflight-counts.ts'

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
): Omit<PreflightFacts['people'], 'here' | keyof PeopleCounted> {
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
  return {
    waiting: connections.reduce(
      (sum, connection) => sum + waitingFor(read, connection, providerById(connection.targetProvider), now),
      0,
    ),
    fetchedAt: oldest === 0 ? null : oldest,
    unconnected: fetches.filter(event => event.connected === 0).map(event => event.name),
    connections: connections.length,
  }
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
  const { config, store, sync, readers, backups, count, entered } = parts
  const { read } = store
  const now = config.clock()
  const connections = connectionsOfDay(read, day.id)
  const [people, counted] = await Promise.all([entered.ofDay(day.id), count('preflight', day.id)])
  const door = readers.doors().find(one => one.protocol === 'ctp01')
  return {
    now,
    raceDate: day.raceDate,
    zone: day.timezone,
    laptopZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    people: {
      here: people.registered,
      ...counted.people,
      ...peopleFacts(read, day.id, connections, now),
    },
    withoutBib: people.withoutBib,
    doubledBibs: people.doubledBibs,
    chips: counted.chips,
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
