import { createHash } from 'node:crypto'
import { AppError } from '../../core/errors.ts'
import { foldName } from '../../core/identity.ts'
import type { ResultStatus, SourceResult } from '../../core/model.ts'
import type { Json, JsonObject } from '../../core/runtime.ts'
import { text } from '../loose.ts'
import type { Cursor, Page, ProviderContext, TargetRace } from '../provider.ts'
import { fetchAthlete, fetchPreset, hasAthleteKey, type PresetRow } from './client.ts'
import { undoubled } from './double-encoded.ts'
import { type ResultColumns, resultColumns } from './named.ts'
import { gatheredWire, type TimeWire } from './wire.ts'

/** Results of one page to the store. */
const PAGE = 500

/** Athletes asked for at the same time; a client was seen to ask for ten. */
const AT_ONCE = 5

/** People are compared by the heap, so that a cursor stays small however many they are. */
const HEAPS = 256

/** What its vendor's example and a client's table call somebody who did not start yet. */
const WAITING = 'notstarted'

/**
 * Results of an event. Its preset is one answer with everybody: where the crew named the columns of the times, that is
 * all. Else everybody who started is asked for, one call each. From a cursor only people whose row changed, with those of
 * their heap. A time that changed where the preset does not show it is found by the next fetch from nothing.
 */
export async function* pullResults(
  context: ProviderContext,
  target: TargetRace,
  since: Cursor | null,
): AsyncGenerator<Page<Json>> {
  const columns = resultColumns(context.settings)
  if (columns === null && !hasAthleteKey(context))
    throw new AppError(
      'input.invalid',
      'Copernico shows times in columns of a preset, or to an API key: fill in "Result columns" or "API key" of the connection',
    )
  const rows = await fetchPreset(context, target.name)
  const heaps = heapsOf(rows, columns)
  const cursor: Cursor = { heaps }
  const known = typeof since?.heaps === 'string' ? since.heaps : null
  const wanted = rows
    .filter(({ id }) => known === null || printAt(known, heapOf(id)) !== printAt(heaps, heapOf(id)))
    .filter(({ row }) => columns !== null || row.status?.toLowerCase() !== WAITING)
  const size = columns === null ? AT_ONCE : PAGE
  for (let start = 0; start === 0 || start < wanted.length; start += size) {
    const page = wanted.slice(start, start + size)
    const items =
      columns === null
        ? await athletesOf(context, target, page)
        : page.map(row => raceInColumns(row, columns)).filter(item => item !== null)
    yield { items, cursor, complete: start + size >= wanted.length }
  }
}

const PRINT = 8

/** A number from 0 to HEAPS - 1, the same for an id for ever. */
function heapOf(id: string): number {
  let hash = 0
  for (let at = 0; at < id.length; at++) hash = (hash * 31 + id.charCodeAt(at)) >>> 0
  return hash % HEAPS
}

const printAt = (heaps: string, heap: number): string => heaps.slice(heap * PRINT, (heap + 1) * PRINT)

/** One short print a heap, one after the other: of all its rows, whatever their order, and of what they are read by. */
function heapsOf(rows: readonly PresetRow[], columns: ResultColumns | null): string {
  const heaps = Array.from({ length: HEAPS }, (): string[] => [])
  for (const { id, row } of rows) heaps[heapOf(id)]?.push(JSON.stringify(row))
  const by = JSON.stringify(columns)
  return heaps
    .map(heap => {
      const hash = createHash('sha1').update(by)
      for (const row of heap.sort()) hash.update(row)
      return hash.digest('hex').slice(0, PRINT)
    })
    .join('')
}

async function athletesOf(
  context: ProviderContext,
  target: TargetRace,
  rows: readonly PresetRow[],
): Promise<readonly Json[]> {
  const asked = await Promise.allSettled(rows.map(({ id }) => fetchAthlete(context, id)))
  return asked.map((one, index) => {
    if (one.status === 'rejected') throw one.reason
    const id = rows[index]?.id ?? ''
    const race = one.value.events.find(({ event }) => foldName(event ?? '') === foldName(target.name))
    // One who is in the preset of an event and not in the event is said by normalize, and hinders nobody else.
    return { id, race: race === undefined ? null : (race as unknown as Json), finish: null }
  })
}

/** A row as an athlete's race; null of somebody who has neither a status nor a time yet. */
function raceInColumns({ id, row }: PresetRow, columns: ResultColumns): Json | null {
  const of = (column: string | null): string | null => (column === null ? null : text.parse(row[column]))
  const times: Record<string, JsonObject> = {}
  columns.splits.forEach(([name, column], order) => {
    times[name] = { order, time: of(column) }
  })
  times[WHOLE] = { order: columns.splits.length, time: of(columns.gun), netTime: of(columns.chip) }
  const passed = Object.values(times).some(({ time, netTime }) => Number(time) > 0 || Number(netTime) > 0)
  if (!passed && statusOf(row.status, false, false) === 'unknown') return null
  const { place, genderPlace, divisionPlace } = columns
  const rankings = { [WHOLE]: { pos: of(place), posGen: of(genderPlace), posCat: of(divisionPlace) } }
  return { id, race: { dorsal: row.dorsal, status: row.status, times, rankings }, finish: WHOLE }
}

/** How a row's whole course is called among its splits: no name that a crew would give one. */
const WHOLE = '='

/** @throws AppError result.unreadable for one without id: a bib may be somebody else's tomorrow */
export function normalizeResult(item: Json): SourceResult {
  const read = gatheredWire.safeParse(item)
  const { id = null, race = null } = read.data ?? {}
  if (id === null) throw new AppError('result.unreadable', 'A Copernico result without an id')
  if (race === null)
    throw new AppError(
      'result.unreadable',
      `Copernico’s athlete ${id} is in the preset of an event, but not in it`,
    )
  const passed = Object.entries(race.times)
    .filter(([, { time, netTime }]) => time !== null || netTime !== null)
    .sort(([, a], [, b]) => orderOf(a) - orderOf(b))
  const finish =
    read.data?.finish ??
    (statusOf(race.status, false, false) === 'finished' ? (passed.at(-1)?.[0] ?? null) : null)
  const whole = passed.find(([name]) => name === finish)?.[1] ?? null
  const ranked = finish === null ? undefined : race.rankings[finish]
  const splits = passed
    .filter(([name]) => name !== finish)
    .map(([name, { time, netTime }]) => ({ name: undoubled(name), gunMs: time, chipMs: netTime }))
  return {
    sourceResultId: id,
    entryKey: id,
    entryId: id,
    bib: race.dorsal,
    overallPlace: ranked?.pos ?? null,
    genderPlace: ranked?.posGen ?? null,
    divisionPlace: ranked?.posCat ?? null,
    startAt: null,
    finishAt: momentOf(whole),
    gunTimeMs: whole?.time ?? null,
    chipTimeMs: whole?.netTime ?? null,
    splits,
    status: statusOf(race.status, whole !== null, splits.length > 0),
    sourceVersion: null,
  }
}

/** INFERRED: of somebody who finished, the last split by its order is the whole course; nothing names it. */
const orderOf = ({ order, distance, time, netTime }: TimeWire): number =>
  order ?? distance ?? time ?? netTime ?? 0

/** Ms since 1970, where it is that. */
function momentOf(time: TimeWire | null): number | null {
  const at = time?.raw.rawTime ?? null
  return at !== null && at > 1e12 && at < 1e13 ? Math.round(at) : null
}

/** By the words that a client's table has. */
function statusOf(word: string | null, whole: boolean, passed: boolean): ResultStatus {
  switch (word?.toLowerCase()) {
    case 'finished':
      return 'finished'
    case 'started':
    case 'active':
    case 'running':
      return 'running'
    case 'dns':
      return 'dns'
    case 'dnf':
    case 'retired':
    case 'withdrawn':
    case 'abandoned':
      return 'dnf'
    case 'disqualified':
    case 'dsq':
    case 'dq':
      return 'dq'
    default:
      if (whole) return 'finished'
      return passed ? 'running' : 'unknown'
  }
}
