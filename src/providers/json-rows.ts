import type { Json } from '../core/runtime.ts'

/** Rows of a list in a JSON text that are taken apart one by one, when they are asked for. */
export interface JsonRows {
  /** All that is around them: the text with that list empty. */
  readonly around: Json
  readonly count: number
  /** @throws SyntaxError */
  row(at: number): Json
  /** What a row says at its top under one of the names asked for. */
  value(at: number, name: string): Json | undefined
}

const [QUOTE, BACKSLASH, COLON, COMMA] = [0x22, 0x5c, 0x3a, 0x2c]
const [OPEN_LIST, CLOSE_LIST, OPEN, CLOSE] = [0x5b, 0x5d, 0x7b, 0x7d]
/** A row's place in the text. */
type Place = readonly [from: number, to: number]

/** Thrown and caught here: it is taken apart as a whole then, and what is wrong with it is said there. */
const otherwise = Symbol('otherwise')

/**
 * Finds the rows of `{"…": …, LIST: [{…}, {…}]}`, or of a list with that one object in it. A page of thousands of people
 * taken apart at once holds the event loop, and the memory, for as long as all of them are stored.
 * @returns null for a text of any other shape, whole or broken
 */
export function rowsIn(bytes: Buffer, list: string, names: readonly string[]): JsonRows | null {
  try {
    return find(bytes, list, names)
  } catch (error) {
    if (error === otherwise || error instanceof SyntaxError) return null
    throw error
  }
}

function find(bytes: Buffer, list: string, names: readonly string[]): JsonRows {
  let at = 0
  const parse = (from: number, to: number): Json => JSON.parse(bytes.toString('utf8', from, to)) as Json
  const blanks = (): void => {
    for (
      let byte = bytes[at];
      byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
      byte = bytes[at]
    )
      at += 1
  }
  const take = (wanted: number): void => {
    if (bytes[at] !== wanted) throw otherwise
    at += 1
    blanks()
  }
  let escaped = false
  const passText = (): void => {
    escaped = false
    for (at += 1; bytes[at] !== QUOTE; at += 1) {
      if (bytes[at] === BACKSLASH) {
        escaped = true
        at += 1
      }
      if (at >= bytes.length) throw otherwise
    }
    at += 1
  }
  const passValue = (): void => {
    let depth = 0
    for (;;) {
      const byte = bytes[at]
      if (byte === undefined) throw otherwise
      if (byte === QUOTE) passText()
      else if (byte === COMMA && depth === 0) return
      else {
        if (byte === OPEN || byte === OPEN_LIST) depth += 1
        else if (byte === CLOSE || byte === CLOSE_LIST) {
          if (depth === 0) return
          depth -= 1
        }
        at += 1
      }
    }
  }
  const saysAt = (from: number, name: Buffer): boolean => {
    for (let n = 0; n < name.length; n += 1) if (bytes[from + n] !== name[n]) return false
    return true
  }
  /** The members of an object; `each` is told where a name stands and passes its value. */
  const members = (each: (from: number, length: number) => void): void => {
    take(OPEN)
    while (bytes[at] !== CLOSE) {
      if (bytes[at] !== QUOTE) throw otherwise
      const from = at
      passText()
      if (escaped) throw otherwise
      const length = at - from - 2
      blanks()
      take(COLON)
      each(from + 1, length)
      blanks()
      if (bytes[at] === CLOSE) break
      take(COMMA)
      if (bytes[at] === CLOSE) throw otherwise
    }
    at += 1
  }

  const places: Place[] = []
  const wanted = names.map(name => ({ name: Buffer.from(name), values: new Map<number, Json>() }))
  const passRow = (): void => {
    const from = at
    members((name, length) => {
      const begins = at
      passValue()
      for (const one of wanted)
        if (one.name.length === length && saysAt(name, one.name))
          one.values.set(places.length, parse(begins, at))
    })
    places.push([from, at])
  }
  const passRows = (): void => {
    take(OPEN_LIST)
    while (bytes[at] !== CLOSE_LIST) {
      passRow()
      blanks()
      if (bytes[at] === CLOSE_LIST) break
      take(COMMA)
      if (bytes[at] === CLOSE_LIST) throw otherwise
    }
    at += 1
  }

  blanks()
  const inList = bytes[at] === OPEN_LIST
  if (inList) take(OPEN_LIST)
  let found: Place | null = null
  const listName = Buffer.from(list)
  members((name, length) => {
    if (length !== listName.length || !saysAt(name, listName)) return passValue()
    if (found !== null) throw otherwise
    const from = at
    passRows()
    found = [from, at]
  })
  blanks()
  if (inList) take(CLOSE_LIST)
  if (found === null || at < bytes.length) throw otherwise
  const [from, to]: Place = found
  const around = JSON.parse(`${bytes.toString('utf8', 0, from)}[]${bytes.toString('utf8', to)}`) as Json
  return {
    around,
    count: places.length,
    row(n) {
      const [begins, ends] = places[n] ?? [0, 0]
      return parse(begins, ends)
    },
    value: (n, name) => wanted[names.indexOf(name)]?.values.get(n),
  }
}

/** A list whose elements are made when they are asked for, each time anew. */
export function madeWhenAsked<T>(makers: readonly (() => T)[]): readonly T[] {
  const list: T[] = []
  for (const [at, get] of makers.entries()) Object.defineProperty(list, at, { get, enumerable: true })
  return list
}
