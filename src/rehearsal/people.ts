import {
  anyonesNames,
  divisions,
  lastNames,
  mensNames,
  places,
  shirts,
  streets,
  teams,
  womensNames,
} from './people-names.ts'
import { createRandom, pick } from './random.ts'

export interface Person {
  readonly firstName: string
  readonly middleName: string | null
  readonly lastName: string
  readonly gender: 'F' | 'M' | 'X'
  /** YYYY-MM-DD */
  readonly dob: string | null
  readonly email: string
  /** xxx-xxx-xxxx */
  readonly phone: string
  readonly street: string
  readonly city: string
  readonly state: string
  readonly zip: string
  readonly country: string
  readonly team: string | null
  readonly division: string
  readonly shirt: string
  readonly emergencyContact: string
  readonly emergencyPhone: string
  readonly bib: string | null
}

export interface PeopleToMake {
  readonly seed: number
  /** The year the race is run in: ages are counted back from it. */
  readonly year: number
  readonly count?: number
  /** One person a bib, in this order; null is a person without a bib. Leads over `count`. */
  readonly bibs?: readonly (string | null)[]
}

/** A roster that is the same for the same seed. Families share mail, phone and address, as they do. */
export function makePeople(wanted: PeopleToMake): Person[] {
  const random = createRandom(wanted.seed)
  const bibs = wanted.bibs ?? Array.from({ length: wanted.count ?? 0 }, () => null)
  const people: Person[] = []
  for (const [index, bib] of bibs.entries()) {
    const relative = random() < 0.06 ? people.at(-1) : undefined
    people.push(makePerson(random, wanted.year, index, bib, relative))
  }
  return people
}

function makePerson(
  random: () => number,
  year: number,
  index: number,
  bib: string | null,
  relative: Person | undefined,
): Person {
  const gender = random() < 0.02 ? 'X' : random() < 0.52 ? 'F' : 'M'
  const names = gender === 'F' ? womensNames : gender === 'M' ? mensNames : anyonesNames
  const spell = spelling(random)
  const firstName = spell(pick<string>(random, names))
  const lastName = relative?.lastName ?? spell(pick<string>(random, lastNames))
  const place = pick(random, places)
  // Three draws make ages gather around 41; nobody under 12 or over 84.
  const age = 12 + Math.floor(((random() + random() + random() * 0.7) / 2.7) * 73)
  const phone = () => `${place.areaCode}-555-01${digits(Math.floor(random() * 100))}`
  const own = {
    email: `${ascii(firstName)}.${ascii(lastName)}${index}@example.com`,
    phone: phone(),
    street: `${1 + Math.floor(random() * 900)} ${pick<string>(random, streets)}`,
    city: place.city,
    state: place.state,
    zip: place.zip,
    country: place.country,
  }
  const { email, phone: homePhone, street, city, state, zip, country } = relative ?? own
  return {
    firstName,
    middleName: random() < 0.15 ? pick<string>(random, anyonesNames) : null,
    lastName,
    gender,
    dob: `${year - age}-${digits(1 + Math.floor(random() * 12))}-${digits(1 + Math.floor(random() * 28))}`,
    email,
    phone: homePhone,
    street,
    city,
    state,
    zip,
    country,
    team: random() < 0.2 ? pick<string>(random, teams) : null,
    division: pick<string>(random, divisions),
    shirt: pick<string>(random, shirts),
    emergencyContact: `${pick<string>(random, womensNames)} ${lastName}`,
    emergencyPhone: phone(),
    bib,
  }
}

/** Some people fill in forms with the caps lock on, some without any capital. */
function spelling(random: () => number): (name: string) => string {
  const draw = random()
  if (draw < 0.02) return name => name.toUpperCase()
  if (draw < 0.04) return name => name.toLowerCase()
  return name => name
}

function ascii(name: string): string {
  const plain = name
    .normalize('NFD')
    .replace(/[^A-Za-z]/g, '')
    .toLowerCase()
  return plain || 'runner'
}

function digits(number: number): string {
  return String(number).padStart(2, '0')
}
