/** Which letters are in a folded name, a bit each: a name that lacks more of them than typos are forgiven cannot fit. */
export function lettersOf(folded: string): number {
  let letters = 0
  for (let place = 0; place < folded.length; place++) {
    const code = folded.charCodeAt(place)
    if (code >= A && code < A + 26) letters |= 1 << (code - A)
    else if (code !== SPACE) letters |= 1 << (26 + (code % 6))
  }
  return letters
}

const A = 97
const SPACE = 32

interface Word {
  readonly text: string
  readonly letters: number
  /** Edits that are forgiven: a letter more, less or another, or two swapped. */
  readonly forgiven: number
  /** Bit n of a character: it is the word's n-th. */
  readonly places: Int32Array
  /** The same of characters beyond ASCII. */
  readonly further: ReadonlyMap<number, number>
}

const ASCII = 128

/** What was typed, as words in any order, each any part of a name. */
export interface NameQuery {
  readonly words: readonly Word[]
  /** All of it as it was typed, spaces too; null for a single word. */
  readonly phrase: Word | null
  readonly letters: number
  /** Letters and spaces. */
  readonly length: number
  /** Edits that are forgiven in all words together. */
  readonly forgiven: number
}

/** Bits of a number that can be shifted. */
const LONGEST = 31

function wordOf(text: string, alone: boolean): Word {
  const places = new Int32Array(ASCII)
  const further = new Map<number, number>()
  for (let place = 0; place < text.length; place++) {
    const code = text.charCodeAt(place)
    if (code < ASCII) places[code] = (places[code] ?? 0) | (1 << place)
    else further.set(code, (further.get(code) ?? 0) | (1 << place))
  }
  const short = alone ? 0 : 1
  const forgiven = text.length < 3 ? short : text.length < 8 ? 1 : 2
  return { text, letters: lettersOf(text), forgiven, places, further }
}

/** @param folded by foldName */
export function nameQuery(folded: string): NameQuery {
  const texts = folded.split(' ').filter(Boolean)
  const words = texts.map(text => wordOf(text.slice(0, LONGEST), texts.length === 1))
  const typed = texts.reduce((sum, text) => sum + text.length, 0)
  const most = typed < 3 ? 0 : typed < 8 ? 1 : 2
  const phrase = words.length < 2 ? null : wordOf(texts.join(' ').slice(0, LONGEST), true)
  const forgiven = Math.min(most, Math.max(0, ...words.map(word => word.forgiven)))
  return { words, phrase, letters: lettersOf(folded), length: typed + texts.length - 1, forgiven }
}

function bitsIn(letters: number): number {
  let left = letters
  let bits = 0
  for (; left !== 0; bits++) left &= left - 1
  return bits
}

/** Whether a name of these letters can fit with up to that many edits: for a first look at many, nothing else of them. */
export function mayFit(query: NameQuery, letters: number, edits: number): boolean {
  const missing = query.letters & ~letters
  return missing === 0 || (edits > 0 && ((missing & (missing - 1)) === 0 || bitsIn(missing) <= edits))
}

const startsWord = (name: string, place: number): boolean =>
  place === 0 || name.charCodeAt(place - 1) === SPACE
const endsWord = (name: string, end: number): boolean => end === name.length || name.charCodeAt(end) === SPACE

// How well a word fits, less is better: a whole word, the beginning of one, any part of the name.
const WHOLE = 0
const BEGINNING = 1
const PART = 2
const NOT = 9
/** An edit weighs more than any words without one. */
const EDIT = 100

function exactFit(word: Word, name: string): number {
  let best = NOT
  for (let at = name.indexOf(word.text); at >= 0; at = name.indexOf(word.text, at + 1)) {
    if (!startsWord(name, at)) best = Math.min(best, PART)
    else if (endsWord(name, at + word.text.length)) return WHOLE
    else best = BEGINNING
  }
  return best
}

/**
 * The word somewhere in the name with that many edits, swapped neighbours being one (Wu and Manber's bits, a letter of
 * the name at a time). Row k has bit n where the first n+1 letters fit with k edits up to here.
 */
function editedFit(word: Word, name: string, edits: number, anchored: boolean): number {
  const last = 1 << (word.text.length - 1)
  let begins = 1
  let beganBefore = 0
  let hereBefore = 0
  let exact = 0
  let exactBefore = 0
  let one = 1
  let oneBefore = 0
  let two = 3
  let best = NOT
  for (let place = 0; place < name.length; place++) {
    const code = name.charCodeAt(place)
    const here = (code < ASCII ? word.places[code] : word.further.get(code)) ?? 0
    const swapped = hereBefore & (here << 1)
    const next = anchored && code !== SPACE ? 0 : 1
    const exactNow = ((exact << 1) | begins) & here
    const oneNow =
      (((one << 1) | begins) & here) |
      exact |
      ((exact << 1) | begins) |
      ((exactNow << 1) | next) |
      (((exactBefore << 2) | (beganBefore << 1)) & swapped)
    if (edits > 1) {
      const deleted = next === 1 ? 3 : 0
      two =
        (((two << 1) | begins) & here) |
        one |
        ((one << 1) | begins) |
        ((oneNow << 1) | deleted) |
        (((oneBefore << 2) | (beganBefore << 1)) & swapped)
    }
    exactBefore = exact
    oneBefore = one
    exact = exactNow
    one = oneNow
    beganBefore = begins
    begins = next
    hereBefore = here
    if (((edits > 1 ? two : one) & last) !== 0) {
      if (!anchored) return PART
      if (endsWord(name, place + 1)) return WHOLE
      best = BEGINNING
    }
  }
  return best
}

/** What a word costs in a name with up to that many edits; null when it does not fit. */
function costOf(word: Word, name: string, letters: number, edits: number): number | null {
  const missing = word.letters & ~letters
  if (missing === 0) {
    const exact = exactFit(word, name)
    if (exact !== NOT) return exact
  }
  const most = Math.min(edits, word.forgiven)
  for (let tried = Math.max(1, bitsIn(missing)); tried <= most; tried++) {
    // A letter with an edit would fit anything: it is left out instead.
    if (word.text.length === 1) return EDIT + PART
    if (editedFit(word, name, tried, false) === NOT) continue
    return tried * EDIT + Math.min(PART, editedFit(word, name, tried, true))
  }
  return null
}

/** Words in another order than typed, or not beside each other, come after those that are as typed. */
const APART = 20

/** Less than any of the costs differ by. */
const OF_LENGTH = 1 / 128
const LONGER_AT_MOST = 63

/** How well a folded name fits, less is better; null when it does not with up to that many edits. */
export function nameFit(query: NameQuery, name: string, letters: number, edits: number): number | null {
  if (!mayFit(query, letters, edits)) return null
  const cost = costOfAll(query, name, letters, edits)
  // Of many that are not as typed, those come first that say least else.
  if (cost === null || cost < APART) return cost
  return cost + Math.min(LONGER_AT_MOST, Math.abs(name.length - query.length)) * OF_LENGTH
}

function costOfAll(query: NameQuery, name: string, letters: number, edits: number): number | null {
  if (query.phrase === null) return wordsFit(query.words, name, letters, edits)
  const together = costOf(query.phrase, name, letters, edits)
  if (together !== null && together < EDIT) return together
  const apart = wordsFit(query.words, name, letters, edits)
  if (apart === null) return together
  return Math.min(together ?? Number.POSITIVE_INFINITY, apart + APART)
}

function wordsFit(words: readonly Word[], name: string, letters: number, edits: number): number | null {
  let cost = 0
  for (const word of words) {
    const more = costOf(word, name, letters, edits - Math.floor(cost / EDIT))
    if (more === null) return null
    cost += more
  }
  const first = words[0]
  // A first name that begins so stands before a last name that does.
  return cost + (first !== undefined && name.startsWith(first.text) ? 0 : 0.5)
}
