import { AppError } from '../../core/errors.ts'
import type { ResultStatus, SourceResult } from '../../core/model.ts'
import type { Json } from '../../core/runtime.ts'
import type { Cursor, Page, ProviderContext, TargetRace } from '../provider.ts'
import { raceTimeMs } from '../race-time.ts'
import { fetchIntervals, fetchResults, WALKS } from './client.ts'
import { gatheredWire, type IntervalWire, type ResultWire } from './wire.ts'

/** Results of one page to the store. */
const PAGE = 500

/** Its clock and ours may differ by so much. */
const OVERLAP_SECONDS = 120

/**
 * One item an entry: its rows of the whole course, one a bracket, and its row of each split.
 * A row alone says neither all places nor all splits, so what is asked by last_modified only tells whether anything
 * changed; if so all comes again. Nobody has proven that filter: an occasional fetch from nothing must back it up.
 * A fetch from nothing may say who has no result any more, so it is walked until it brings nothing new.
 */
export async function* pullResults(
  context: ProviderContext,
  target: TargetRace,
  since: Cursor | null,
): AsyncGenerator<Page<Json>> {
  const cursor: Cursor = { askedAt: Math.floor(context.clock() / 1000) }
  const intervals = await fetchIntervals(context, target.targetRaceId)
  const full = intervals.find(interval => interval.interval_is_full === '1')
  if (full === undefined)
    throw new AppError(
      'provider.unreadable',
      `CTLive names no interval of the whole course for race ${target.targetRaceId}: it has ${intervals.length}`,
    )
  const splits = intervals.filter(interval => interval !== full)
  if (typeof since?.askedAt === 'number') {
    const after = since.askedAt - OVERLAP_SECONDS
    if (!(await anyChanged(context, [full, ...splits], after))) {
      yield { items: [], cursor, complete: true }
      return
    }
  }
  const walks = since === null ? WALKS : 1
  const rows = await rowsOf(context, full, walks)
  const passed: { readonly name: string; readonly byEntry: ReadonlyMap<string, readonly ResultWire[]> }[] = []
  for (const interval of splits) {
    const name = interval.interval_name ?? `Interval ${interval.interval_id}`
    passed.push({ name, byEntry: await rowsOf(context, interval, walks) })
  }
  const entries = [...new Set([...rows.keys(), ...passed.flatMap(({ byEntry }) => [...byEntry.keys()])])]
  for (let start = 0; start === 0 || start < entries.length; start += PAGE) {
    const items = entries.slice(start, start + PAGE).map(entry => ({
      full: rows.get(entry) ?? [],
      splits: passed.flatMap(({ name, byEntry }) => {
        const row = primaryOf(byEntry.get(entry) ?? [])
        return row === undefined ? [] : [{ name, row }]
      }),
    }))
    yield { items: items as unknown as readonly Json[], cursor, complete: start + PAGE >= entries.length }
  }
}

async function anyChanged(
  context: ProviderContext,
  intervals: readonly IntervalWire[],
  after: number,
): Promise<boolean> {
  for (const interval of intervals)
    for await (const { rows } of fetchResults(context, interval.interval_id, after))
      if (rows.length > 0) return true
  return false
}

/**
 * By entry; those without an entry by bib. A row that came on two pages counts once. Rows stand by rank: while the race
 * is on they move between pages, and one that moved from a page to come to one that was read is missed.
 * @param walks one takes what a walk brings; more go on until one brings nothing new
 * @throws AppError provider.unreadable when every walk brought more
 */
async function rowsOf(
  context: ProviderContext,
  interval: IntervalWire,
  walks: number,
): Promise<ReadonlyMap<string, readonly ResultWire[]>> {
  const byEntry = new Map<string, Map<string, ResultWire>>()
  for (let walk = 1; walk <= walks; walk += 1) {
    let fresh = 0
    let pages = 0
    for await (const { rows } of fetchResults(context, interval.interval_id, null)) {
      pages += 1
      for (const row of rows) {
        const entry = row.results_entry_id ?? `bib ${row.results_bib ?? ''}`
        const brackets = byEntry.get(entry) ?? new Map<string, ResultWire>()
        if (!brackets.has(row.results_bracket_name ?? '')) fresh += 1
        brackets.set(row.results_bracket_name ?? '', row)
        byEntry.set(entry, brackets)
      }
    }
    if (walks === 1 || pages === 1 || (walk > 1 && fresh === 0))
      return new Map([...byEntry].map(([entry, brackets]) => [entry, [...brackets.values()]]))
  }
  throw new AppError(
    'provider.unreadable',
    `The results changed every time they were read: CTLive interval ${interval.interval_id}`,
    { retriable: true },
  )
}

const primaryOf = (rows: readonly ResultWire[]): ResultWire | undefined =>
  rows.find(row => row.results_bracket_name === row.results_primary_bracket_name) ?? rows[0]

/** @throws AppError result.unreadable for rows that name no entry: a bib may be somebody else's tomorrow */
export function normalizeResult(item: Json): SourceResult {
  const read = gatheredWire.safeParse(item)
  const rows = read.success ? read.data.full : []
  const splits = read.success ? read.data.splits : []
  const row = primaryOf(rows) ?? splits[0]?.row
  if (row === undefined) throw new AppError('result.unreadable', 'A CTLive result without any row')
  if (row.results_entry_id === null)
    throw new AppError(
      'result.unreadable',
      `A CTLive result of bib ${row.results_bib ?? '(none)'} without results_entry_id`,
    )
  const whole = primaryOf(rows)
  const chipTimeMs = raceTimeMs(whole?.results_time ?? null)
  const gunTimeMs = raceTimeMs(whole?.results_gun_time ?? null)
  return {
    sourceResultId: row.results_entry_id,
    entryKey: null,
    entryId: row.results_entry_id,
    bib: row.results_bib,
    ...placesOf(rows),
    startAt: momentOf(whole?.results_start_time ?? null),
    finishAt: momentOf(whole?.results_end_chip_time ?? null),
    gunTimeMs,
    chipTimeMs,
    splits: splits.map(split => ({
      name: split.name,
      gunMs: raceTimeMs(split.row.results_gun_time),
      chipMs: raceTimeMs(split.row.results_time),
    })),
    status: statusOf(whole, chipTimeMs ?? gunTimeMs, splits.length > 0),
    sourceVersion: null,
  }
}

/**
 * INFERRED: a rank is within its row's bracket, and brackets of everybody and of a sex are known by their names.
 * Nobody showed a whole answer; a name that is neither is taken for a division.
 */
function placesOf(
  rows: readonly ResultWire[],
): Pick<SourceResult, 'overallPlace' | 'genderPlace' | 'divisionPlace'> {
  const placeIn = (kind: BracketKind): number | null => {
    const fit = rows.filter(row => kindOf(row.results_bracket_name) === kind)
    const rank = Number(primaryOf(fit)?.results_rank ?? Number.NaN)
    return Number.isInteger(rank) && rank > 0 ? rank : null
  }
  return {
    overallPlace: placeIn('overall'),
    genderPlace: placeIn('gender'),
    divisionPlace: placeIn('division'),
  }
}

type BracketKind = 'overall' | 'gender' | 'division'

function kindOf(name: string | null): BracketKind {
  const folded = (name ?? '').toLowerCase().trim()
  if (/^(overall|all|everyone)( results)?$/.test(folded)) return 'overall'
  return /^(overall )?(m|f|x|male|female|men|women|non-?binary)$/.test(folded) ? 'gender' : 'division'
}

/** A moment only where it is unix seconds: CTLive names no zone. */
const momentOf = (written: string | null): number | null =>
  written !== null && /^\d{9,10}(\.\d+)?$/.test(written) ? Math.round(Number(written) * 1000) : null

/** No field of a result is known to say dns, dnf or dq; such a word in the place of the time is taken for it. */
function statusOf(row: ResultWire | undefined, timeMs: number | null, passed: boolean): ResultStatus {
  const word = (row?.results_time ?? row?.results_gun_time ?? '').toLowerCase()
  switch (word) {
    case 'dns':
    case 'dnf':
    case 'dq':
      return word
    case 'dsq':
      return 'dq'
    default:
      if (timeMs !== null) return 'finished'
      return passed ? 'running' : 'unknown'
  }
}
