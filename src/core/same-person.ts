import { foldName } from './identity.ts'
import { ageOn } from './time.ts'

/** What is compared of a registration. */
export interface Compared {
  readonly id: string
  readonly firstName: string | null
  readonly lastName: string | null
  readonly email: string | null
  readonly phone: string | null
  readonly city: string | null
  readonly state: string | null
  /** YYYY-MM-DD. */
  readonly dateOfBirth: string | null
  readonly age: number | null
  readonly eventDate: string | null
}

/**
 * Why two registrations are one person's. Nothing weaker counts: a name alone never does, nor a name and a birth date, and an
 * e-mail address is a family's.
 */
export type Evidence = 'crew' | 'email-name-birth' | 'name-birth-phone' | 'name-birth-place' | 'email-name'

export const CONFIDENCE: Readonly<Record<Evidence, number>> = {
  crew: 1,
  'email-name-birth': 0.99,
  'name-birth-phone': 0.97,
  'name-birth-place': 0.94,
  'email-name': 0.9,
}

/** The crew's word: these two are one person, or this one is nobody else. It counts whatever the evidence says. */
export type PersonDecision =
  | { readonly kind: 'same'; readonly participantId: string; readonly otherId: string }
  | { readonly kind: 'apart'; readonly participantId: string }

export interface Member {
  readonly id: string
  /** The best that ties it to another of the person; null: it is alone. */
  readonly evidence: Evidence | null
}

export interface Person {
  /** The smallest id of its registrations, so that whoever computes it finds the same. */
  readonly id: string
  readonly members: readonly Member[]
  /** Of the weakest tie; 1 of somebody alone. */
  readonly confidence: number
}

/** Forms that ask for a date get these when somebody has none to give. */
const NO_BIRTH_DATES: ReadonlySet<string> = new Set(['1900-01-01', '1901-01-01', '1970-01-01'])

interface Folded {
  readonly id: string
  readonly first: string
  readonly last: string
  readonly email: string | null
  readonly phone: string | null
  readonly place: string | null
  readonly born: string | null
  readonly of: Compared
}

function folded(one: Compared): Folded {
  const email = one.email?.trim().toLowerCase() ?? ''
  const digits = one.phone?.replace(/\D/g, '') ?? ''
  const city = foldName(one.city ?? '')
  const born = one.dateOfBirth
  const real =
    born !== null &&
    born >= '1905' &&
    !NO_BIRTH_DATES.has(born) &&
    (one.eventDate === null || born < one.eventDate)
  return {
    id: one.id,
    first: foldName(one.firstName ?? ''),
    last: foldName(one.lastName ?? ''),
    email: /^\S+@\S+\.\S+$/.test(email) ? email : null,
    phone: digits.length >= 7 ? digits.slice(-10) : null,
    place: city === '' ? null : `${city}, ${foldName(one.state ?? '')}`,
    born: real ? born : null,
    of: one,
  }
}

/** What two registrations with a birth date must share to be one person's; each holds the first name and that date. */
function strongKeys(one: Folded): readonly (readonly [Evidence, string])[] {
  const { first, last, email, phone, place, born } = one
  if (first === '' || born === null) return []
  const keys: (readonly [Evidence, string])[] = []
  if (email !== null) keys.push(['email-name-birth', JSON.stringify(['e', first, born, email])])
  if (last !== '' && phone !== null)
    keys.push(['name-birth-phone', JSON.stringify(['p', first, born, last, phone])])
  if (last !== '' && place !== null)
    keys.push(['name-birth-place', JSON.stringify(['c', first, born, last, place])])
  return keys
}

const mailKey = ({ first, last, email }: Folded): string | null =>
  email === null || first === '' || last === '' ? null : JSON.stringify([first, last, email])

/** Who is tied to whom, and by what. */
function createTies(ids: readonly string[]) {
  const above = new Map(ids.map(id => [id, id]))
  const best = new Map<string, Evidence>()
  const root = (id: string): string => {
    let at = id
    for (let next = above.get(at); next !== undefined && next !== at; next = above.get(at)) at = next
    let walk = id
    while (walk !== at) {
      const next = above.get(walk) ?? at
      above.set(walk, at)
      walk = next
    }
    return at
  }
  const heard = (id: string, evidence: Evidence): void => {
    const before = best.get(id)
    if (before === undefined || CONFIDENCE[before] < CONFIDENCE[evidence]) best.set(id, evidence)
  }
  return {
    root,
    evidenceOf: (id: string): Evidence | null => best.get(id) ?? null,
    tie(one: string, other: string, evidence: Evidence): void {
      heard(one, evidence)
      heard(other, evidence)
      const [a, b] = [root(one), root(other)]
      // The smallest id stands for all.
      if (a !== b) above.set(a < b ? b : a, a < b ? a : b)
    },
  }
}

type Ties = ReturnType<typeof createTies>

/** Registrations without a birth date never bring two others together: who might be two people's is left alone. */
function tieByMail(everybody: readonly Folded[], ties: Ties): void {
  const byMail = Map.groupBy(everybody, mailKey)
  for (const [key, sharing] of byMail) {
    const undated = sharing.filter(one => one.born === null)
    if (key === null || undated.length === 0) continue
    const dated = sharing.filter(one => one.born !== null)
    const [known, another] = new Set(dated.map(one => ties.root(one.id)))
    if (another !== undefined) continue
    if (known !== undefined) {
      const born = dated[0]?.born ?? ''
      for (const one of undated) if (agesAgree(one, born)) ties.tie(known, one.id, 'email-name')
      continue
    }
    const years = undated.map(birthYear).filter(year => year !== null)
    if (years.length > 0 && Math.max(...years) - Math.min(...years) > 1) continue
    const [first, ...others] = undated
    for (const one of others) if (first !== undefined) ties.tie(first.id, one.id, 'email-name')
  }
}

/** Ages are counted on other days than the race's: a year is no contradiction. */
function agesAgree({ of: { age, eventDate } }: Folded, born: string): boolean {
  const then = age === null || eventDate === null ? null : ageOn(born, eventDate)
  return then === null || age === null || Math.abs(then - age) <= 1
}

const birthYear = ({ of: { age, eventDate } }: Folded): number | null =>
  age === null || eventDate === null ? null : Number(eventDate.slice(0, 4)) - age

/**
 * Whose the registrations of one partner are. All with one first name must be given together, and whoever the crew tied to
 * them; their order does not matter.
 */
export function peopleOf(
  registrations: readonly Compared[],
  decisions: readonly PersonDecision[] = [],
): readonly Person[] {
  const ties = createTies(registrations.map(({ id }) => id))
  const apart = new Set(
    decisions.filter(({ kind }) => kind === 'apart').map(({ participantId }) => participantId),
  )
  const compared = registrations.filter(({ id }) => !apart.has(id)).map(folded)
  const byKey = new Map<string, string>()
  for (const one of compared)
    for (const [evidence, key] of strongKeys(one)) {
      const holder = byKey.get(key)
      if (holder === undefined) byKey.set(key, one.id)
      else ties.tie(holder, one.id, evidence)
    }
  tieByMail(compared, ties)
  const there = new Set(registrations.map(({ id }) => id))
  for (const decision of decisions)
    if (decision.kind === 'same' && there.has(decision.participantId) && there.has(decision.otherId))
      ties.tie(decision.participantId, decision.otherId, 'crew')
  return [...Map.groupBy(registrations, ({ id }) => ties.root(id))].map(([id, of]) => {
    const members = of
      .map(one => ({ id: one.id, evidence: ties.evidenceOf(one.id) }))
      .sort((a, b) => (a.id < b.id ? -1 : 1))
    const weakest = members.map(({ evidence }) => (evidence === null ? 1 : CONFIDENCE[evidence]))
    return { id, members, confidence: Math.min(...weakest) }
  })
}
