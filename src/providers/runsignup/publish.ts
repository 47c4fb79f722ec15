import { AppError } from '../../core/errors.ts'
import { foldName } from '../../core/identity.ts'
import type { ResultPlace } from '../../core/model.ts'
import type { Json } from '../../core/runtime.ts'
import type {
  EventRef,
  Page,
  ProviderContext,
  PublishedResult,
  PublishOutcome,
  ResultRow,
  ResultToPublish,
} from '../provider.ts'
import { raceTimeMs, raceTimeText } from '../race-time.ts'
import { get, post, raceOf, understood } from './client.ts'
import { newSetWire, postedWire, resultSetsWire } from './wire.ts'

/** By which a set that we made is known again. */
const SOURCE_NAME = 'Trackside'

/** Clients read up to 2000 at once; what the largest page is nobody says. */
const ROWS_A_PAGE = 1000

async function fetchSets(context: ProviderContext, event: EventRef) {
  const path = `/race/${raceOf(event)}/results/get-result-sets`
  const answer = await get(context, path, { event_id: event.sourceEventId })
  return understood(resultSetsWire, answer, path).individual_results_sets.flatMap(set =>
    set.individual_result_set_id === null ? [] : [{ ...set, id: set.individual_result_set_id }],
  )
}

type ResultSet = Awaited<ReturnType<typeof fetchSets>>[number]

/**
 * The event's result set: the one named in the settings, else ours, else the only one.
 * Its splits are those that its headers name `split-<id>`: how headers look is inferred, and none is made here.
 */
export async function resultPlace(
  context: ProviderContext,
  event: EventRef,
  make: boolean,
): Promise<ResultPlace | null> {
  const sets = await fetchSets(context, event)
  const found = chooseSet(sets, context.settings.result_set?.trim() ?? '')
  if (found !== null) {
    const splits = Object.entries(found.results_headers).flatMap(([header, name]) => {
      const [, split] = /^split-(\w+)$/.exec(header) ?? []
      return split === undefined || name === null ? [] : [[foldName(name), split] as const]
    })
    return { id: found.id, splitIds: Object.fromEntries(splits) }
  }
  return make ? makeSet(context, event) : null
}

function chooseSet(sets: readonly ResultSet[], wanted: string): ResultSet | null {
  const nameOf = (set: ResultSet): string => set.individual_result_set_name ?? ''
  const there = sets.map(set => `${set.id} "${nameOf(set)}"`).join(', ')
  if (wanted !== '') {
    const named = sets.find(set => set.id === wanted || foldName(nameOf(set)) === foldName(wanted))
    if (named) return named
    const has = there === '' ? 'It has none' : `It has ${there}`
    throw new AppError(
      'provider.not-found',
      `RunSignUp has no result set "${wanted}" for this event. ${has}. Correct "Result set" in the connection`,
    )
  }
  const [only = null] = sets
  if (sets.length < 2) return only
  const [ours, another] = sets.filter(set => set.results_source_name === SOURCE_NAME)
  if (ours && !another) return ours
  throw new AppError(
    'input.invalid',
    `RunSignUp has several result sets for this event: ${there}. Put the one that takes the results into "Result set" of the connection`,
  )
}

/** The old style of RunSignUp's own sample; that it takes the event beside it is inferred. */
async function makeSet(context: ProviderContext, event: EventRef): Promise<ResultPlace> {
  const path = `/race/${raceOf(event)}/Results`
  const fields = { request_type: 'new-result-set', event_id: event.sourceEventId }
  const answer = await post(context, path, fields, {
    individual_result_set_name: 'Results',
    public_results: 'T',
    results_source_name: SOURCE_NAME,
  })
  const { individual_result_set_id: id } = understood(newSetWire, answer, path)
  if (id === null) throw new AppError('provider.unreadable', `RunSignUp made no result set: ${path}`)
  return { id, splitIds: {} }
}

const WORDS = { dns: 'DNS', dnf: 'DNF', dq: 'DQ' } as const

/** Found there by registration; only who has none is sent with a name. DQ, DNS and DNF stand in the place of times. */
export function resultValues(
  result: ResultToPublish,
  place: ResultPlace | null,
): Readonly<Record<string, string>> {
  const { status } = result
  const word = status === 'dns' || status === 'dnf' || status === 'dq' ? WORDS[status] : null
  const time = (ms: number | null): string | null => word ?? (ms === null ? null : raceTimeText(ms))
  const splits = result.splits.flatMap(({ name, chipMs, gunMs }) => {
    const id = place?.splitIds[foldName(name)]
    const ms = chipMs ?? gunMs
    return id === undefined || ms === null ? [] : [[`split-${id}`, raceTimeText(ms)] as const]
  })
  const unknown = result.sourceParticipantId === null
  const values = {
    registration_id: result.sourceParticipantId,
    bib_num: result.bib,
    first_name: unknown ? result.firstName : null,
    last_name: unknown ? result.lastName : null,
    place: word === null && result.overallPlace !== null ? String(result.overallPlace) : null,
    clock_time: time(result.gunTimeMs),
    chip_time: time(result.chipTimeMs),
    ...Object.fromEntries(splits),
  }
  return Object.fromEntries(
    Object.entries(values).filter((pair): pair is [string, string] => pair[1] !== null),
  )
}

const NUMBERS = ['registration_id', 'bib_num', 'place']

/**
 * A correction takes back what no longer is: a split by `X`, as documented, a place by null, which is inferred.
 */
function rowBody({ resultId, values }: ResultRow, place: ResultPlace): Json {
  const fields = Object.entries(values).map(([name, value]) => [
    name,
    NUMBERS.includes(name) && /^\d+$/.test(value) ? Number(value) : value,
  ])
  if (resultId === null) return Object.fromEntries(fields)
  const cleared = Object.values(place.splitIds).map(split => [`split-${split}`, 'X'])
  return Object.fromEntries([
    ...cleared,
    ['place', null],
    ...fields,
    ['result_id', /^\d+$/.test(resultId) ? Number(resultId) : resultId],
  ])
}

/** An answer of another length than what was sent tells nothing of any row: what it took is read back. */
export async function publishResults(
  context: ProviderContext,
  event: EventRef,
  place: ResultPlace,
  batch: readonly ResultRow[],
): Promise<readonly PublishOutcome[]> {
  const path = `/race/${raceOf(event)}/results/full-results`
  const fields = { event_id: event.sourceEventId, individual_result_set_id: place.id }
  const answer = await post(context, path, fields, { results: batch.map(row => rowBody(row, place)) })
  const { results } = understood(postedWire, answer, path)
  if (results.length !== batch.length)
    throw new AppError(
      'provider.unreadable',
      `RunSignUp answered ${results.length} results to ${batch.length} sent: ${path}`,
    )
  return batch.map(({ key, resultId }, index): PublishOutcome => {
    const row = results[index]
    if (row?.error === undefined) return { key, ok: true, resultId: row?.result_id ?? resultId }
    const { error_code: code, error_msg: said } = row.error
    const message = `RunSignUp says error${code === null ? '' : ` ${code}`}${said === null ? '' : ` (${said})`}`
    return { key, ok: false, code: 'result.refused', message: answer.hide(message) }
  })
}

/** Walks over results that keep changing before they are left for later. */
const WALKS = 5

/**
 * Until a page brings nothing new: what the largest page is nobody says. Pages by number lose a row when one of a page
 * before is taken out meanwhile, and a result that is not seen is added a second time; so more than one page is walked
 * again, until a walk brings nothing new.
 */
export async function* readBackResults(
  context: ProviderContext,
  event: EventRef,
  place: ResultPlace,
): AsyncGenerator<Page<PublishedResult>> {
  const path = `/race/${raceOf(event)}/results/get-results`
  const seen = new Set<string>()
  for (let walk = 1; walk <= WALKS; walk += 1) {
    const before = seen.size
    const met = new Set<string>()
    for (let page = 1; ; page += 1) {
      const answer = await get(context, path, {
        event_id: event.sourceEventId,
        individual_result_set_id: place.id,
        results_per_page: String(ROWS_A_PAGE),
        page: String(page),
      })
      const rows = understood(resultSetsWire, answer, path)
        .individual_results_sets.filter(set => set.individual_result_set_id === place.id)
        .flatMap(set => set.results)
        .flatMap(row => (row.result_id === null ? [] : [publishedOf(row, row.result_id)]))
      const last = rows.every(row => met.has(row.resultId))
      const items = rows.filter(row => !seen.has(row.resultId))
      for (const { resultId } of rows) met.add(resultId)
      for (const { resultId } of items) seen.add(resultId)
      const settled = last && (walk > 1 ? seen.size === before : page <= 2)
      yield { items, cursor: { page }, complete: settled }
      if (settled) return
      if (last) break
    }
  }
  throw new AppError(
    'provider.unreadable',
    `The results changed every time they were read: RunSignUp ${path}`,
    {
      retriable: true,
    },
  )
}

function publishedOf(row: ResultSet['results'][number], resultId: string): PublishedResult {
  const name = [row.first_name, row.last_name].filter(part => part !== null).join(' ')
  const time = (written: string | null): string => {
    const ms = raceTimeMs(written)
    return ms === null ? (written?.toUpperCase() ?? '') : raceTimeText(ms)
  }
  return {
    resultId,
    sourceParticipantId: row.registration_id,
    bib: row.bib ?? row.bib_num,
    name: name === '' ? null : name,
    values: {
      place: row.place ?? '',
      clock_time: time(row.clock_time),
      chip_time: time(row.chip_time),
    },
  }
}
