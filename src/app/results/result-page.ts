import type { Result, ResultState } from '../../api/results.ts'
import { AppError } from '../../core/errors.ts'
import { providerById } from '../../providers/index.ts'
import { type ConnectionRow, connectionEventOf } from '../../store/connections.ts'
import type { Reader } from '../../store/reader.ts'
import type { Row } from '../../store/tables.ts'
import { type Weighed, weighResults } from '../../sync/publication.ts'

/** By place, then by time: what has neither comes last. */
const ORDER = `COALESCE(overall_place, 9999999), COALESCE(gun_time_ms, chip_time_ms, 9999999999), id`

interface Mark {
  readonly place: number
  readonly time: number
  readonly id: string
}

const BEFORE_ALL: Mark = { place: -1, time: -1, id: '' }

function markOf(text: string | undefined): Mark {
  if (text === undefined) return BEFORE_ALL
  const [place, time, id] = text.split(' ')
  if (id === undefined || Number.isNaN(Number(place)) || Number.isNaN(Number(time)))
    throw new AppError('input.invalid', 'after: not what the page before gave as next.')
  return { place: Number(place), time: Number(time), id }
}

/** One page of an event's results and what is known here of their publication; no provider is asked. */
export function resultPage(
  read: Reader,
  connection: ConnectionRow,
  event: Row<'normalized_events'>,
  page: { readonly limit: number; readonly after?: string | undefined },
  now: number,
): { readonly results: Result[]; readonly next: string | null } {
  const after = markOf(page.after)
  const marks = read.all<Mark>(
    `SELECT COALESCE(overall_place, 9999999) AS place, COALESCE(gun_time_ms, chip_time_ms, 9999999999) AS time, id
     FROM normalized_results WHERE normalized_event_id = ? AND source_provider = ? AND (${ORDER}) > (?, ?, ?)
     ORDER BY ${ORDER} LIMIT ?`,
    event.id,
    connection.targetProvider,
    after.place,
    after.time,
    after.id,
    page.limit,
  )
  const weighed = weighResults(read, connection, event, providerById(connection.sourceProvider), {
    place: connectionEventOf(read, connection.id, event.id)?.resultsPlace ?? null,
    held: null,
    asOf: now,
    where: {
      sql: 'r.id IN (SELECT value FROM json_each(?))',
      values: [JSON.stringify(marks.map(({ id }) => id))],
    },
  })
  const byId = new Map(weighed.map(one => [one.row.id, one]))
  const last = marks.at(-1)
  return {
    results: marks.flatMap(({ id }) => {
      const one = byId.get(id)
      return one === undefined ? [] : [resultShown(one)]
    }),
    next: last === undefined || marks.length < page.limit ? null : `${last.place} ${last.time} ${last.id}`,
  }
}

function resultShown(weighed: Weighed): Result {
  const { row, result, name, verdict } = weighed
  return {
    id: row.id,
    participantId: row.normalizedParticipantId,
    name: name === '' ? null : name,
    bibNumber: result.bib,
    overallPlace: row.overallPlace,
    genderPlace: row.genderPlace,
    divisionPlace: row.divisionPlace,
    gunTimeMs: row.gunTimeMs,
    chipTimeMs: row.chipTimeMs,
    splitTimes: (row.splitTimes ?? []).map(split => ({ ...split })),
    resultStatus: row.resultStatus,
    withdrawnAt: row.withdrawnAt,
    changedAt: row.changedAt,
    state: stateOf(weighed),
    message: 'message' in verdict ? verdict.message : null,
  }
}

function stateOf({ verdict, receipt }: Weighed): ResultState {
  if (receipt?.acceptedHash === '' && verdict.kind !== 'left') return 'in-doubt'
  switch (verdict.kind) {
    case 'added':
      return 'not-published'
    case 'corrected':
      return 'differs'
    case 'unchanged':
    case 'held':
      return 'published'
    default:
      return verdict.kind
  }
}
