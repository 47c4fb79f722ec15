import { AppError } from '../core/errors.ts'
import type { LocationKind } from '../core/model.ts'
import { putDecided, stamps } from './decided.ts'
import { idOf, newId } from './ids.ts'
import { rowWhere } from './rows.ts'
import type { Row } from './tables.ts'
import type { Writer } from './writer.ts'

type Location = Row<'timing_locations'>

const KIND_WORDS: readonly (readonly [RegExp, LocationKind])[] = [
  [/start/i, 'start'],
  [/finish|ziel|arriv/i, 'finish'],
  [/\d|split|half|turn|lap|km|mile/i, 'split'],
]

/** Two of somebody's reads at a place within this many ms are one passing, unless the crew says otherwise. */
const DUPLICATE_WINDOW_MS = 30_000

/** The id of a session's location, made if there is none of that name yet; its kind is guessed from the name. */
export function ensureLocation(writer: Writer, sessionId: string, name: string): string {
  const id = idOf('timing_locations', sessionId, name)
  if (writer.get('SELECT 1 FROM timing_locations WHERE id = ?', id)) return id
  const kind = KIND_WORDS.find(([word]) => word.test(name))?.[1] ?? 'other'
  writer.put('timing_locations', {
    ...{ id, sessionId, locationName: name, kind, duplicateWindowMs: DUPLICATE_WINDOW_MS },
    ...{ counts: 'first', distanceKm: null, courseOrder: null, defined: false },
    ...{ ...stamps(writer, undefined), clock: writer.lowestClock },
  })
  return id
}

/** What may be said of a location; what is left out stays. */
export type LocationChange = {
  readonly [name in 'kind' | 'duplicateWindowMs' | 'counts' | 'distanceKm' | 'courseOrder']?:
    | Location[name]
    | undefined
}

/** Says what a location is. @throws AppError not-found, input.invalid */
export function updateLocation(writer: Writer, change: LocationChange & { readonly id: string }): void {
  const before = rowWhere(writer, 'timing_locations', 'id = ?', change.id)
  if (!before) throw new AppError('not-found', 'There is no such location.')
  const kept = <name extends keyof LocationChange>(name: name) => change[name] ?? before[name]
  const orNull = <name extends 'distanceKm' | 'courseOrder'>(name: name): number | null => {
    const said = change[name]
    return said === undefined ? before[name] : said
  }
  const row: Location = {
    ...before,
    kind: kept('kind'),
    duplicateWindowMs: kept('duplicateWindowMs'),
    counts: kept('counts'),
    distanceKm: orNull('distanceKm'),
    courseOrder: orNull('courseOrder'),
    defined: before.defined || change.kind !== undefined,
    ...stamps(writer, before.createdAt),
  }
  if (!(row.duplicateWindowMs >= 0)) throw new AppError('input.invalid', 'A duplicate window is 0 or more.')
  putDecided(writer, 'timing_locations', 'location changed', before, row, null)
  // Which reads count depends on these two alone.
  if (row.duplicateWindowMs !== before.duplicateWindowMs || row.counts !== before.counts)
    writer.staleLink(`session|${row.sessionId}`)
}

export interface PlaceDecision {
  /** The rule that is changed; a new one without it. */
  readonly id?: string
  readonly sessionId: string
  readonly device: string
  readonly fromAt: number | null
  readonly toAt: number | null
  readonly locationId: string
  readonly removed?: boolean
}

/** Where a device stood, from when to when. Returns the rule's id. */
export function setLocationRule(writer: Writer, decision: PlaceDecision): string {
  const id = decision.id ?? newId()
  const before = writer.get<{ createdAt: number; device: string }>(
    `SELECT device, from_at AS fromAt, to_at AS toAt, location_id AS locationId, removed, created_at AS createdAt
     FROM location_rules WHERE id = ?`,
    id,
  )
  const row = { ...decision, id, removed: decision.removed ?? false, ...stamps(writer, before?.createdAt) }
  putDecided(writer, 'location_rules', 'reader placed', before, row, null)
  writer.staleLink(deviceKey(decision.sessionId, decision.device))
  if (before && before.device !== decision.device)
    writer.staleLink(deviceKey(decision.sessionId, before.device))
  return id
}

/** What is stale when a device stood elsewhere, or its clock was wrong. */
export const deviceKey = (sessionId: string, device: string): string => `device|${sessionId}|${device}`
