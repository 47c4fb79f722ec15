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
const [SPACE, LINE, RETURN, TAB] = [0x20, 0x0a, 0x0d, 0x09]

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

// Each of these is told where something begins and says where it ends. They look at every byte of megabytes: what they
// count with is their own, for what closures share is read from memory each time.

function passBlanks(bytes: Buffer, from: number): number {
  let at = from
  for (
    let byte = bytes[at];
    byte === SPACE || byte === LINE || byte === RETURN || byte === TAB;
    byte = bytes[at]
  )
    at += 1
  return at
}

/** One sign and the blanks behind it. */
function pass(bytes: Buffer, from: number, sign: number): number {
  if (bytes[from] !== sign) throw otherwise
  return passBlanks(bytes, from + 1)
}

function passText(bytes: Buffer, from: number): number {
  let at = from + 1
  for (let byte = bytes[at]; byte !== QUOTE; byte = bytes[at]) {
    if (byte === undefined) throw otherwise
    at += byte === BACKSLASH ? 2 : 1
  }
  return at + 1
}

function passValue(bytes: Buffer, from: number): number {
  let at = from
  for (let depth = 0; ; ) {
    const byte = bytes[at]
    if (byte === undefined) throw otherwise
    if (byte === QUOTE) {
      at = passText(bytes, at)
      continue
    }
    if (byte === COMMA && depth === 0) return at
    if (byte === OPEN || byte === OPEN_LIST) depth += 1
    else if (byte === CLOSE || byte === CLOSE_LIST) {
      if (depth === 0) return at
      depth -= 1
    }
    at += 1
  }
}

/** @param member told where a name begins, how long it is and where its value begins; says where that ends */
function passObject(
  bytes: Buffer,
  from: number,
  member: (name: number, length: number, value: number) => number,
): number {
  let at = pass(bytes, from, OPEN)
  while (bytes[at] !== CLOSE) {
    if (bytes[at] !== QUOTE) throw otherwise
    const name = at + 1
    const end = passText(bytes, at)
    for (let n = name; n < end; n += 1) if (bytes[n] === BACKSLASH) throw otherwise
    const value = pass(bytes, passBlanks(bytes, end), COLON)
    at = passBlanks(bytes, member(name, end - 1 - name, value))
    if (bytes[at] === CLOSE) break
    at = pass(bytes, at, COMMA)
    if (bytes[at] === CLOSE) throw otherwise
  }
  return at + 1
}

function passRows(bytes: Buffer, from: number, row: (from: number) => number): number {
  let at = pass(bytes, from, OPEN_LIST)
  while (bytes[at] !== CLOSE_LIST) {
    at = passBlanks(bytes, row(at))
    if (bytes[at] === CLOSE_LIST) break
    at = pass(bytes, at, COMMA)
    if (bytes[at] === CLOSE_LIST) throw otherwise
  }
  return at + 1
}

function says(bytes: Buffer, from: number, length: number, name: Buffer): boolean {
  if (name.length !== length) return false
  for (let n = 0; n < length; n += 1) if (bytes[from + n] !== name[n]) return false
  return true
}

function find(bytes: Buffer, list: string, names: readonly string[]): JsonRows {
  const parse = (from: number, to: number): Json => JSON.parse(bytes.toString('utf8', from, to)) as Json
  /** Where each row begins and ends. */
  const begins: number[] = []
  const ends: number[] = []
  const wanted = names.map(name => ({ name: Buffer.from(name), values: new Map<number, Json>() }))
  const member = (name: number, length: number, value: number): number => {
    const end = passValue(bytes, value)
    for (const one of wanted)
      if (says(bytes, name, length, one.name)) one.values.set(begins.length, parse(value, end))
    return end
  }
  const row = (from: number): number => {
    const end = passObject(bytes, from, member)
    begins.push(from)
    ends.push(end)
    return end
  }

  const listName = Buffer.from(list)
  let found: { readonly from: number; readonly to: number } | null = null
  let at = passBlanks(bytes, 0)
  const inList = bytes[at] === OPEN_LIST
  if (inList) at = pass(bytes, at, OPEN_LIST)
  at = passObject(bytes, at, (name, length, value) => {
    if (!says(bytes, name, length, listName)) return passValue(bytes, value)
    if (found !== null) throw otherwise
    found = { from: value, to: passRows(bytes, value, row) }
    return found.to
  })
  at = passBlanks(bytes, at)
  if (inList) at = pass(bytes, at, CLOSE_LIST)
  if (found === null || at < bytes.length) throw otherwise
  const { from, to }: { readonly from: number; readonly to: number } = found
  const around = JSON.parse(`${bytes.toString('utf8', 0, from)}[]${bytes.toString('utf8', to)}`) as Json
  return {
    around,
    count: begins.length,
    row: n => parse(begins[n] ?? 0, ends[n] ?? 0),
    value: (n, name) => wanted[names.indexOf(name)]?.values.get(n),
  }
}

/** A list whose items are made when they are asked for, each time anew. */
export function madeWhenAsked<T>(length: number, make: (at: number) => T): readonly T[] {
  const places = Array.from({ length }, (_, at) => at)
  return new Proxy<readonly unknown[]>(places, {
    get(_, name) {
      const own: unknown = Reflect.get(places, name)
      return typeof own === 'number' && name !== 'length' ? make(own) : own
    },
  }) as readonly T[]
}
