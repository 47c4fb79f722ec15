import type { Registration } from './registrations.ts'
import type { HeldResult, ResultSets } from './result-sets.ts'

type Asked = { readonly eventId: number; readonly query: URLSearchParams; readonly body: string }
type Row = Readonly<Record<string, unknown>>

/** Thrown by `refuse`, which says it as RunSignUp does. */
export type Refuse = (code: number, message: string) => never

interface Parts {
  readonly sets: ResultSets
  readonly activeOf: (eventId: number) => readonly Registration[]
  readonly refuse: Refuse
}

/** GET get-result-sets */
export const resultSetsJson = ({ sets }: Parts, { eventId }: Asked) => ({
  individual_results_sets: sets.of(eventId).map(set => ({
    individual_result_set_id: set.id,
    individual_result_set_name: set.name,
    public_results: 'T',
    results_source_name: set.sourceName,
    results_headers: set.headers,
    results: [],
  })),
})

/** GET get-results. That a row names its person by bib is known; whether by registration too is not, so it does not. */
export function resultsJson({ sets, refuse }: Parts, { eventId, query }: Asked) {
  const set = setOf({ sets, refuse }, eventId, query.get('individual_result_set_id'))
  const size = Number(query.get('results_per_page') ?? 50)
  const from = (Number(query.get('page') ?? 1) - 1) * size
  const row = (held: HeldResult): Row => ({
    result_id: held.resultId,
    bib: held.bib,
    first_name: held.firstName,
    last_name: held.lastName,
    place: held.fields.place || null,
    clock_time: held.fields.clock_time || null,
    chip_time: held.fields.chip_time || null,
  })
  return {
    individual_results_sets: [
      {
        individual_result_set_id: set.id,
        individual_result_set_name: set.name,
        results_headers: set.headers,
        results: set.results.slice(from, from + size).map(row),
      },
    ],
  }
}

/** POST Results, request_type new-result-set */
export function newResultSet({ sets, refuse }: Parts, { eventId, body }: Asked) {
  const form = new URLSearchParams(body)
  if (form.get('request_type') !== 'new-result-set') refuse(8, 'Not implemented')
  const { individual_result_set_name: name, results_source_name: source } = requestOf(form, refuse)
  if (typeof name !== 'string') return refuse(3, 'individual_result_set_name is required')
  return { individual_result_set_id: sets.add({ eventId, name, sourceName: String(source ?? '') }).id }
}

/** POST results/full-results */
export function fullResults({ sets, activeOf, refuse }: Parts, { eventId, body }: Asked) {
  const form = new URLSearchParams(body)
  const { results } = requestOf(form, refuse)
  if (!Array.isArray(results)) return refuse(3, 'results is required')
  const set = setOf({ sets, refuse }, eventId, form.get('individual_result_set_id'))
  return {
    results: sets
      .post(set, results as readonly Row[], activeOf(eventId))
      .map(one =>
        'code' in one
          ? { error: { error_code: one.code, error_msg: one.message } }
          : { result_id: one.result_id },
      ),
  }
}

export function requestOf(form: URLSearchParams, refuse: Refuse): Row {
  if (form.get('request_format') !== 'json') refuse(10, 'Format unsupported')
  try {
    return JSON.parse(form.get('request') ?? '') as Row
  } catch {
    return refuse(11, 'Invalid submission')
  }
}

function setOf({ sets, refuse }: Pick<Parts, 'sets' | 'refuse'>, eventId: number, id: string | null) {
  const found = sets.of(eventId).filter(set => id === null || String(set.id) === id)
  const [only, another] = found
  if (only === undefined || another !== undefined) return refuse(3, 'Invalid individual_result_set_id')
  return only
}
