import { differences } from '../core/differences.ts'
import type { ProviderField } from '../core/mapping.ts'
import type { FieldDifference, FindingCause, FindingKind } from '../core/model.ts'
import { sameValue } from '../core/same-value.ts'
import type { TargetEntry } from '../providers/provider.ts'
import { type Desired, hashOf, isOurKey } from './entries.ts'

/** Somebody who is not the same here and there. */
export interface Finding {
  readonly kind: FindingKind
  readonly cause: FindingCause
  readonly participantId: string | null
  readonly entryId: string | null
  /** Of the receipt it was compared with. */
  readonly receiptClock: string | null
  readonly bibNumber: string | null
  readonly name: string | null
  readonly fields: readonly FieldDifference[]
  readonly message: string | null
}

/** What is known here besides the people who should be there. */
export interface KnownHere {
  /** No longer registered in the event, or joined to somebody else: by key. */
  readonly gone: ReadonlyMap<string, { readonly participantId: string; readonly status: string }>
  /** Keys of people whom another event or connection puts into the same race. */
  readonly ofOthers: ReadonlySet<string>
  /** What the target last said when it refused somebody: by participant. */
  readonly refusals: ReadonlyMap<string, string>
}

export interface Compared {
  /** Registered here. */
  readonly people: number
  /** At the target, but for those of others. */
  readonly entries: number
  readonly inBoth: number
  readonly findings: readonly Finding[]
}

/** People compared at a stretch: reads and the window are served in between. */
const CHUNK = 500
const QUIET = { fields: [], message: null, receiptClock: null }

/**
 * Both sides, by the identity that a push uses: the target's own id from a receipt, or our key where there is none.
 * What only the target holds is said and is nobody's to change.
 * @param breath lets others have their turn
 */
export async function compareEntries(
  desired: readonly Desired[],
  there: readonly TargetEntry[],
  known: KnownHere,
  fields: readonly ProviderField[],
  breath: () => Promise<void>,
): Promise<Compared> {
  const held = there.filter(entry => entry.key === null || !known.ofOthers.has(entry.key))
  const fieldOf = new Map(fields.map(field => [field.name, field]))
  const given = new Set<string>()
  for (const { values } of held) for (const field in values) given.add(field)
  const keys = new Set(desired.map(({ key }) => key))
  const entryOf = entriesOf(desired, held)
  const taken = new Set(entryOf.values())
  const findings: Finding[] = []
  for (const [place, person] of desired.entries()) {
    if (place % CHUNK === CHUNK - 1) await breath()
    const entry = entryOf.get(person)
    const about = {
      participantId: person.participantId,
      bibNumber: person.bibNumber,
      name: person.name,
      entryId: entry?.entryId ?? person.receipt?.targetEntryId ?? null,
      receiptClock: person.receipt?.clock ?? null,
    }
    if (entry === undefined) {
      findings.push({ ...about, kind: 'only-here', fields: [], ...causeOfAbsence(person, known) })
      continue
    }
    const differing = fieldsApart(person, entry, given, fieldOf)
    if (differing.length === 0) continue
    findings.push({ ...about, kind: 'differs', fields: differing, ...causeOfDifference(person) })
  }
  for (const entry of held) if (!taken.has(entry)) findings.push(left(entry, known, keys))
  return { people: desired.length, entries: held.length, inBoth: taken.size, findings }
}

/** Share of everybody in either system who is not the same in both, in per cent. */
export function discrepancyOf({ people, inBoth, entries, findings }: Compared): number {
  const all = people + entries - inBoth
  return all === 0 ? 0 : (100 * findings.length) / all
}

/** Each person's entry as a push would find it: by the id of the receipt, else the last that has the key and is nobody's. */
function entriesOf(
  desired: readonly Desired[],
  held: readonly TargetEntry[],
): ReadonlyMap<Desired, TargetEntry> {
  const byId = new Map(held.map(entry => [entry.entryId, entry]))
  const found = new Map<Desired, TargetEntry>()
  for (const person of desired) {
    const entry = byId.get(person.receipt?.targetEntryId ?? '')
    if (entry !== undefined) found.set(person, entry)
  }
  const taken = new Set(found.values())
  const byKey = new Map(held.filter(entry => !taken.has(entry)).map(entry => [entry.key, entry]))
  for (const person of desired) {
    const entry = found.has(person) ? undefined : byKey.get(person.key)
    if (entry !== undefined) found.set(person, entry)
  }
  return found
}

function fieldsApart(
  { key, values, bibNumber }: Desired,
  entry: TargetEntry,
  given: ReadonlySet<string>,
  fieldOf: ReadonlyMap<string, ProviderField>,
): readonly FieldDifference[] {
  const apart = differences(values, entry.values ?? {}, given, (field, ours, theirs) =>
    sameValue(fieldOf.get(field), ours, theirs),
  ).map(({ field, sent, back }) => ({ field, ours: sent, theirs: back }))
  const lost = entry.key === key ? [] : [{ field: 'key', ours: key, theirs: entry.key }]
  // What gives no values back may still give the bib.
  const blind = entry.values === undefined && bibNumber !== null && entry.bib !== bibNumber
  return [...lost, ...apart, ...(blind ? [{ field: 'bib', ours: bibNumber, theirs: entry.bib }] : [])]
}

const refusalWords = ({ refusals }: Desired): string =>
  refusals.map(({ field, reason }) => `${field}: ${reason}`).join('; ')

function causeOfAbsence(
  person: Desired,
  { refusals }: KnownHere,
): { readonly cause: FindingCause; readonly message: string | null } {
  const { receipt } = person
  if (receipt !== null && receipt.acceptedHash !== '') return { cause: 'gone-there', message: null }
  if (person.refusals.length > 0) return { cause: 'unsendable', message: refusalWords(person) }
  const said = refusals.get(person.participantId)
  if (said !== undefined) return { cause: 'refused-there', message: said }
  return { cause: receipt === null ? 'never-sent' : 'no-answer', message: null }
}

function causeOfDifference(person: Desired): {
  readonly cause: FindingCause
  readonly message: string | null
} {
  if (person.refusals.length > 0) return { cause: 'unsendable', message: refusalWords(person) }
  if (person.receipt?.acceptedHash === '') return { cause: 'no-answer', message: null }
  const accepted = person.receipt?.acceptedHash === hashOf(person)
  return { cause: accepted ? 'changed-there' : 'changed-here', message: null }
}

/** An entry that stands for nobody who should be there. */
function left(entry: TargetEntry, { gone }: KnownHere, keys: ReadonlySet<string>): Finding {
  const about = { entryId: entry.entryId, bibNumber: entry.bib, name: entry.name, ...QUIET }
  const person = entry.key === null ? undefined : gone.get(entry.key)
  if (person !== undefined)
    return {
      ...about,
      kind: 'gone-here',
      cause: 'gone',
      participantId: person.participantId,
      message: person.status,
    }
  const cause = !isOurKey(entry.key)
    ? 'by-hand'
    : entry.key !== null && keys.has(entry.key)
      ? 'twice'
      : 'unknown-key'
  return { ...about, kind: 'only-there', cause, participantId: null, message: null }
}
