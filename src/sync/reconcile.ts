import { AppError } from '../core/errors.ts'
import type { TargetEntry, TargetRace } from '../providers/provider.ts'
import type { ConnectionRow } from '../store/connections.ts'
import type { Reader } from '../store/reader.ts'
import { reconciliationsOf, storeReconciliation } from '../store/reconciliations.ts'
import type { Store } from '../store/store.ts'
import type { Row } from '../store/tables.ts'
import type { Account } from './account.ts'
import { breath } from './breath.ts'
import { compareEntries, discrepancyOf, type Finding, type KnownHere } from './compare-entries.ts'
import { desiredEntries, entryKey } from './entries.ts'
import { mayUse } from './evidence.ts'
import type { Progress } from './operations.ts'
import { ahead } from './pull.ts'
import { targetOf } from './push.ts'

type EventRow = Row<'normalized_events'>

/**
 * Reads an event back from scoring and compares it with the people here. Nothing is sent. One that was cut begins anew:
 * only when everybody was read is anything kept.
 */
export async function reconcileEvent(
  store: Store,
  connection: ConnectionRow,
  event: EventRow,
  target: Account,
  onlyEvent: boolean,
  progress: Progress,
): Promise<void> {
  const { provider, context } = target
  if (!provider.entries) throw new AppError('provider.unsupported', `${provider.name} takes no entries.`)
  if (!mayUse(store.read, connection, target, 'read-back'))
    throw new AppError(
      'provider.unconfirmed',
      `Nobody has confirmed how ${provider.name} gives entries back. Allow it in the connection.`,
    )
  const race = await targetOf(store, connection, event, target, onlyEvent)
  const readAt = context.clock()
  const there: TargetEntry[] = []
  for await (const page of ahead(provider.entries.readBack(context, race))) {
    context.signal.throwIfAborted()
    there.push(...page.items)
    progress.step(`Reading ${event.eventName} back from ${provider.name}, ${there.length} entries so far`)
  }
  await breath()
  const desired = desiredEntries(store.read, connection, event, provider)
  await breath()
  const compared = await compareEntries(
    desired,
    there,
    knownHere(store.read, event, provider.id, race),
    provider.fields,
    breath,
  )
  const { people, entries, inBoth, findings } = compared
  const count = (kind: Finding['kind']): number => findings.filter(one => one.kind === kind).length
  store.write(writer =>
    storeReconciliation(
      writer,
      {
        timingPartnerId: writer.partnerId,
        operationId: progress.row().id,
        connectionId: connection.id,
        normalizedEventId: event.id,
        targetProvider: provider.id,
        targetEventId: race.targetEventId,
        readAt,
        ...{ people, entries, inBoth },
        onlyHere: count('only-here'),
        onlyThere: count('only-there'),
        differing: count('differs'),
        goneHere: count('gone-here'),
        discrepancyPercent: discrepancyOf(compared),
        createdAt: writer.at,
        updatedAt: writer.at,
      },
      [...findings].sort(oursFirst).map(({ entryId, ...finding }) => ({
        ...finding,
        targetEntryId: entryId,
        repairAskedAt: null,
        repairAskedBy: null,
      })),
    ),
  )
  progress.add('processedRecords', people + entries - inBoth)
}

const ORDER: Readonly<Record<Finding['kind'], number>> = {
  differs: 0,
  'only-here': 1,
  'gone-here': 2,
  'only-there': 3,
}
const oursFirst = (one: Finding, other: Finding): number => ORDER[one.kind] - ORDER[other.kind]

/** Of an operation over several events: share of all their people who are not the same in both, in per cent. */
export function discrepancyOfAll(reader: Reader, operationId: string): number | null {
  const rows = reconciliationsOf(reader, operationId)
  const all = rows.reduce((sum, row) => sum + row.people + row.entries - row.inBoth, 0)
  const apart = rows.reduce(
    (sum, row) => sum + row.onlyHere + row.onlyThere + row.differing + row.goneHere,
    0,
  )
  if (rows.length === 0) return null
  return all === 0 ? 0 : (100 * apart) / all
}

interface PersonKey {
  readonly participantId: string
  readonly provider: string
  readonly sourceId: string
  readonly status: string
  readonly registered: number
}

const keyOf = ({ provider, sourceId }: Pick<PersonKey, 'provider' | 'sourceId'>): string =>
  entryKey(provider, sourceId)

function knownHere(reader: Reader, event: EventRow, target: string, race: TargetRace): KnownHere {
  const ofEvent = reader.all<PersonKey>(
    `SELECT p.id AS participantId, p.source_provider AS provider, p.source_participant_id AS sourceId,
       CASE WHEN p.successor_id IS NOT NULL THEN 'transferred'
         ELSE COALESCE(e.registration_status, p.registration_status) END AS status,
       p.successor_id IS NULL AND e.registration_status = 'registered' AS registered
     FROM normalized_participants p LEFT JOIN effective_participants e ON e.participant_id = p.id
     WHERE p.normalized_event_id = ?`,
    event.id,
  )
  const own = new Set(ofEvent.map(keyOf))
  const others = reader.all<Pick<PersonKey, 'provider' | 'sourceId'>>(
    `SELECT p.source_provider AS provider, p.source_participant_id AS sourceId
     FROM push_receipts r JOIN normalized_participants p ON p.id = r.participant_id
     WHERE r.target_provider = ? AND r.target_event_id = ? AND r.target_race_id = ? AND p.normalized_event_id <> ?`,
    target,
    race.targetEventId,
    race.targetRaceId,
    event.id,
  )
  // The last words count: a Map keeps what is set last.
  const refusals = reader.all<{ participantId: string; message: string }>(
    `SELECT x.participant_id AS participantId, x.message FROM sync_record_errors x
     JOIN normalized_participants p ON p.id = x.participant_id
     WHERE x.stage = 'push' AND p.normalized_event_id = ? ORDER BY x.created_at, x.id`,
    event.id,
  )
  return {
    gone: new Map(
      ofEvent
        .filter(({ registered }) => registered !== 1)
        .map(person => [keyOf(person), { participantId: person.participantId, status: person.status }]),
    ),
    ofOthers: new Set(others.map(keyOf).filter(key => !own.has(key))),
    refusals: new Map(refusals.map(({ participantId, message }) => [participantId, message])),
  }
}
