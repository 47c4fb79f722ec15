import { join } from 'node:path'
import Database from 'better-sqlite3'
import { foldName } from '../src/core/identity.ts'
import { createRandom } from '../src/rehearsal/random.ts'
import { findByName, type Scope } from '../src/store/lookup.ts'
import type { Store } from '../src/store/store.ts'
import { type Figure, percentile, round } from './measure.ts'
import { editsToPart } from './nearness.ts'

const TRIES = 2000
const SHOWN = 20
const SYLLABLES =
  'ba be bo bra chen da del do dra el er fel fran ga gar go gru ha hol hor ing is ja jo ka kel kow la len lo lu ma mar mi mo mu na ne no ol or pa per po qui ra rei ri ro sa schu sha si ski son sta ster ta ten ti to tra tz ul ur va vic vo wa wei win ya yor za zhu zi'.split(
    ' ',
  )

/** Last names as varied as a city's, two to four syllables each. */
export function variedNames(seed: number): () => string {
  const random = createRandom(seed)
  return () => {
    const count = 2 + Math.floor(random() * 3)
    const syllables = Array.from({ length: count }, () => SYLLABLES[Math.floor(random() * SYLLABLES.length)])
    return syllables.join('')
  }
}

interface Typed {
  readonly id: string
  readonly meant: string
  readonly typed: string
}

/** A letter more, less, another, or two swapped. */
function withTypo(text: string, random: () => number): string {
  const at = Math.floor(random() * text.length)
  const letter = String.fromCharCode(97 + Math.floor(random() * 26))
  const kind = Math.floor(random() * 4)
  if (kind === 0) return text.slice(0, at) + letter + text.slice(at)
  if (kind === 1) return text.slice(0, at) + text.slice(at + 1)
  if (kind === 2) return text.slice(0, at) + letter + text.slice(at + 1)
  const first = Math.min(at, text.length - 2)
  return text.slice(0, first) + (text[first + 1] ?? '') + (text[first] ?? '') + text.slice(first + 2)
}

/** The name but for some letters at either end; at least eight are left, if it has as many. */
function partOf(name: string, random: () => number): string {
  const cut = Math.max(0, name.length - 8)
  const left = Math.floor(random() * Math.min(4, cut + 1))
  return name.slice(left, name.length - Math.floor(random() * Math.min(4, cut - left + 1))).trim()
}

/** How many were found. Twenty others whom what was meant, or what was typed, fits as it is are found too. */
function recall(
  asked: readonly Typed[],
  nameOf: ReadonlyMap<string, string>,
  find: (typed: string) => readonly string[],
  /** Costs a walk through everybody for each that is missed. */
  sayWhy = false,
) {
  const times: number[] = []
  let found = 0
  let drowned = 0
  for (const { id, meant, typed } of asked) {
    const began = performance.now()
    const ids = find(typed)
    times.push(performance.now() - began)
    const fits = (name = ''): boolean => name.includes(meant) || name.includes(typed.trim())
    const asGood = ids.length === SHOWN && ids.every(other => fits(nameOf.get(other)))
    if (ids.includes(id) || asGood) found += 1
    else if (sayWhy && othersAsNear(id, typed, nameOf) >= SHOWN) drowned += 1
  }
  const share = round(found / asked.length, 4)
  const missed = asked.length - found
  const why = !sayWhy || missed === 0 ? '' : `, of ${missed} missed ${drowned} have twenty others as near`
  return `p50 ${round(percentile(times, 0.5), 2)} ms, p99 ${round(percentile(times, 0.99), 2)} ms, recall ${share}${why}`
}

/** How many others what was typed is as near to as to whom it was meant for: with twenty of them nobody can tell. */
function othersAsNear(id: string, typed: string, nameOf: ReadonlyMap<string, string>): number {
  const text = typed.trim()
  const meant = editsToPart(text, nameOf.get(id) ?? '')
  return [...nameOf].filter(([other, name]) => other !== id && editsToPart(text, name) <= meant).length
}

/** Names in memory beside FTS5 trigrams OR-ed, of the same people and the same typing. */
export function benchNames(store: Store, scope: Scope, folder: string): Figure[] {
  const people = store.read.all<{ id: string; name: string }>(
    'SELECT participant_id AS id, name_folded AS name FROM effective_participants',
  )
  const nameOf = new Map(people.map(({ id, name }) => [id, name]))
  const random = createRandom(11)
  const some = Array.from({ length: TRIES }, () => people[Math.floor(random() * people.length)])
  const asked = (make: (name: string) => { readonly meant: string; readonly typed: string }): Typed[] =>
    some.flatMap(person => (person ? [{ id: person.id, ...make(person.name) }] : []))
  const whole = asked(name => ({ meant: name, typed: withTypo(name, random) }))
  const typo = asked(name => {
    const meant = partOf(name, random)
    return { meant, typed: withTypo(meant, random) }
  })
  const partial = asked(name => {
    const from = Math.floor(random() * Math.max(1, name.length - 2))
    const meant = name.slice(from, from + 2 + Math.floor(random() * 5)).trim()
    return { meant, typed: meant }
  })
  const heap = (): number => {
    globalThis.gc?.()
    return process.memoryUsage().heapUsed
  }
  const before = heap()
  const began = performance.now()
  findByName(store.read, scope, 'zz', SHOWN)
  const first = performance.now() - began
  const megabytes = round((heap() - before) / 1e6, 1)
  const inMemory = (typed: string): readonly string[] => findByName(store.read, scope, typed, SHOWN)

  const fts = new Database(join(folder, 'trigrams.db'))
  fts.exec("CREATE VIRTUAL TABLE names USING fts5(id UNINDEXED, name, tokenize = 'trigram')")
  const insert = fts.prepare('INSERT INTO names (id, name) VALUES (?, ?)')
  fts.transaction(() => {
    for (const { id, name } of people) insert.run(id, name)
  })()
  const match = fts.prepare<[string], { id: string }>(
    `SELECT id FROM names WHERE names MATCH ? ORDER BY rank LIMIT ${SHOWN}`,
  )
  const trigrams = (typed: string): readonly string[] => {
    const text = foldName(typed)
    const grams = Array.from({ length: Math.max(0, text.length - 2) }, (_, n) => `"${text.slice(n, n + 3)}"`)
    return grams.length === 0 ? [] : match.all(grams.join(' OR ')).map(row => row.id)
  }
  const figures: Figure[] = [
    {
      what: `a whole name with one random typo → twenty people, ${nameOf.size.toLocaleString('en')} people`,
      measured: recall(whole, nameOf, inMemory, true),
      beside: `FTS5 trigrams OR-ed ${recall(whole, nameOf, trigrams)}`,
      reach: 'p99 ≤ 20 ms, recall ≥ 0.99',
    },
    {
      what: 'eight letters or more of any part of a name, with one random typo',
      measured: recall(typo, nameOf, inMemory, true),
      beside: `FTS5 trigrams OR-ed ${recall(typo, nameOf, trigrams)}`,
      reach: 'p99 ≤ 20 ms, recall ≥ 0.99',
    },
    {
      what: 'two to six letters of any part of a name, without a typo',
      measured: recall(partial, nameOf, inMemory),
      beside: `FTS5 trigrams OR-ed, three letters on ${recall(partial, nameOf, trigrams)}`,
      reach: 'p99 ≤ 20 ms',
    },
    {
      what: 'the names in memory',
      measured: `${globalThis.gc ? `${megabytes} MB` : 'not weighed without --expose-gc'}, read in ${round(first, 0)} ms at the first search`,
      beside: 'at most 300,000 people are held',
      reach: '–',
    },
  ]
  fts.close()
  return figures
}
