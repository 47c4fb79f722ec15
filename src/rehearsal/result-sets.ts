import type { Registration } from './registrations.ts'

type Posted = Readonly<Record<string, unknown>>

export interface HeldResult {
  readonly resultId: number
  readonly registrationId: number | null
  readonly bib: string | null
  readonly firstName: string
  readonly lastName: string
  readonly fields: Readonly<Record<string, string>>
}

interface ResultSet {
  readonly id: number
  readonly eventId: number
  readonly name: string
  readonly sourceName: string
  readonly headers: Readonly<Record<string, string>>
  readonly results: HeldResult[]
}

/** A runner whom the provider wrote to, and with which time. */
export interface Told {
  readonly registrationId: number
  readonly resultId: number
  readonly chipTime: string
}

/** The registration provider's results, and whom it told of them. */
export interface ResultSets {
  add(set: {
    readonly eventId: number
    readonly name: string
    readonly sourceName?: string
    readonly headers?: Readonly<Record<string, string>>
  }): ResultSet
  of(eventId: number): readonly ResultSet[]
  /** One answer a row, in order: its id, or why it was refused. */
  post(
    set: ResultSet,
    rows: readonly Posted[],
    active: readonly Registration[],
  ): readonly ({ readonly result_id: number } | { readonly code: number; readonly message: string })[]
  readonly told: readonly Told[]
}

const text = (value: unknown): string => (value === null || value === undefined ? '' : String(value))

export function createResultSets(): ResultSets {
  const sets: ResultSet[] = []
  const told: Told[] = []
  let nextSet = 330_001
  let nextResult = 64_000_001

  function postOne(set: ResultSet, row: Posted, active: readonly Registration[]) {
    const known =
      row.result_id === undefined ? -1 : set.results.findIndex(one => one.resultId === row.result_id)
    const before = set.results[known]
    if (row.result_id !== undefined && before === undefined) return { code: 15, message: 'Invalid result_id' }
    const who =
      active.find(one => one.registrationId === row.registration_id) ??
      (row.bib_num === undefined ? undefined : active.find(one => text(one.bib) === text(row.bib_num)))
    const firstName = who?.person.firstName ?? (text(row.first_name) || (before?.firstName ?? ''))
    const lastName = who?.person.lastName ?? (text(row.last_name) || (before?.lastName ?? ''))
    // Nobody is matched: then the person must be named.
    if (!who && (firstName === '' || lastName === ''))
      return { code: 11, message: 'first_name and last_name are required' }
    const fields: Record<string, string> = { ...before?.fields }
    for (const [name, value] of Object.entries(row)) {
      if (!/^(place|clock_time|chip_time|split-\d+)$/.test(name)) continue
      const split = name.startsWith('split-')
      // A blank does not clear a split; X does.
      if (split && text(value) === '') continue
      fields[name] = split && value === 'X' ? '' : text(value)
    }
    const held: HeldResult = {
      resultId: before?.resultId ?? nextResult++,
      registrationId: who?.registrationId ?? null,
      bib: text(row.bib_num) || text(who?.bib) || null,
      firstName,
      lastName,
      fields,
    }
    if (before) set.results[known] = held
    else set.results.push(held)
    const changed = JSON.stringify(before?.fields) !== JSON.stringify(fields)
    if (held.registrationId !== null && changed)
      told.push({
        registrationId: held.registrationId,
        resultId: held.resultId,
        chipTime: fields.chip_time ?? '',
      })
    return { result_id: held.resultId }
  }

  return {
    told,
    add({ eventId, name, sourceName = '', headers = {} }) {
      const added: ResultSet = { id: nextSet++, eventId, name, sourceName, headers, results: [] }
      sets.push(added)
      return added
    },
    of: eventId => sets.filter(set => set.eventId === eventId),
    post: (set, rows, active) => rows.map(row => postOne(set, row, active)),
  }
}
