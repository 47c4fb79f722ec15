import { createHash } from 'node:crypto'

/** What a column holds, whatever the database calls it. */
export type Kind = 'text' | 'integer' | 'number' | 'moment' | 'date' | 'flag' | 'json' | 'uuid'

/** A value as SQLite keeps it. */
export type LocalValue = string | number | null

export interface CentralColumn {
  readonly name: string
  readonly kind: Kind
  /** Part of a key: never null at the centre. */
  readonly keyed: boolean
}

/**
 * `json` and not `jsonb`: jsonb sorts keys and rewrites numbers, and then the hash of an audit entry would no longer fit
 * its row. Views cast where they look inside.
 */
export const SQL_TYPES: Readonly<Record<Kind, string>> = {
  text: 'text',
  integer: 'bigint',
  number: 'double precision',
  moment: 'timestamptz',
  date: 'date',
  flag: 'boolean',
  json: 'json',
  uuid: 'uuid',
}

/** Compared by their bytes, as the laptops do. */
const CLOCKS: ReadonlySet<string> = new Set(['clock', 'seen_clock'])

/** As a migration says it. */
export function sqlType({ name, kind, keyed }: CentralColumn): string {
  if (name === 'timing_partner_id') return 'integer'
  return kind === 'text' && (keyed || CLOCKS.has(name)) ? 'text COLLATE "C"' : SQL_TYPES[kind]
}

/** A column read so that fromCentral understands it: text, whatever its type and the session's settings. */
export function selectAsText({ name, kind }: CentralColumn, alias: string): string {
  const column = `${alias}."${name}"`
  if (kind === 'moment')
    return `CASE WHEN isfinite(${column}) THEN floor(extract(epoch FROM ${column}) * 1000)::bigint::text END AS "${name}"`
  if (kind === 'date') return `to_char(${column}, 'YYYY-MM-DD') AS "${name}"`
  return `${column}::text AS "${name}"`
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/
/** Years that JavaScript and PostgreSQL write alike: 0001 to 9999. */
const MOMENT = /^(?!0000)\d{4}-/

/** An id at the centre: itself, or one that follows from it where it is no UUID. The same everywhere, so references hold. */
export function uuidOf(id: string): string {
  if (UUID.test(id)) return id
  const hex = createHash('sha256').update(id).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

function isDate(text: string): boolean {
  const [, year, month, day] = DATE.exec(text) ?? []
  if (year === undefined || year === '0000') return false
  const at = new Date(`${text}T00:00:00Z`)
  return at.getUTCMonth() + 1 === Number(month) && at.getUTCDate() === Number(day)
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** PostgreSQL's input text, and whether reading it back gives the very value. */
interface Written {
  readonly text: string | null
  readonly exact: boolean
}

const exact = (text: string): Written => ({ text, exact: true })
const odd = (text: string | null): Written => ({ text, exact: false })

const DAY_MS = 86_400_000
const DIGITS = Array.from({ length: 1000 }, (_, n) => String(n).padStart(3, '0'))

/** The last one written: moments of one day come by the million, and toISOString takes a tenth of what a read takes here. */
let lastDay = { day: Number.NaN, text: '' }

function dayText(day: number): string {
  if (day !== lastDay.day) lastDay = { day, text: new Date(day * DAY_MS).toISOString().replace(/T.*$/, '') }
  return lastDay.text
}

/** @param ms of a day */
function timeText(ms: number): string {
  const of = (unit: number, digits: number, below: number): string =>
    DIGITS[Math.floor(ms / unit) % below]?.slice(-digits) ?? ''
  return `${of(3_600_000, 2, 24)}:${of(60_000, 2, 60)}:${of(1000, 2, 60)}.${of(1, 3, 1000)}`
}

function momentText(value: LocalValue): Written {
  if (typeof value !== 'number' || !Number.isInteger(value)) return odd('-infinity')
  const day = Math.abs(value) <= 8.64e15 ? dayText(Math.floor(value / DAY_MS)) : ''
  if (MOMENT.test(day)) return exact(`${day}T${timeText(value - Math.floor(value / DAY_MS) * DAY_MS)}Z`)
  return odd(value < 0 ? '-infinity' : 'infinity')
}

/** PostgreSQL keeps no NUL in a text, and no more than 2,700 bytes in an index. */
function textText(value: string | number, keyed: boolean): Written {
  const text = String(value)
  const kept = text.includes('\0') ? text.replaceAll('\0', '␀') : text
  if (keyed && kept.length > 600)
    return odd(`${kept.slice(0, 500)}…${createHash('sha256').update(text).digest('hex')}`)
  return { text: kept, exact: kept === value }
}

/** A value of SQLite as PostgreSQL reads it. What the type cannot hold is not exact, and goes along verbatim beside it. */
export function toCentralText({ kind, keyed }: CentralColumn, value: LocalValue): Written {
  if (value === null) return { text: null, exact: true }
  switch (kind) {
    case 'text':
      return textText(value, keyed)
    case 'uuid':
      return typeof value === 'string' && UUID.test(value) ? exact(value) : odd(uuidOf(String(value)))
    case 'integer':
      return Number.isSafeInteger(value) ? exact(String(value)) : odd(null)
    case 'number':
      return typeof value === 'number' ? exact(String(value)) : odd(null)
    case 'moment':
      return momentText(value)
    case 'date':
      return typeof value === 'string' && isDate(value) ? exact(value) : odd(null)
    case 'flag':
      return value === 0 || value === 1 ? exact(value === 1 ? 't' : 'f') : odd(null)
    case 'json':
      return typeof value === 'string' && isJson(value) ? exact(value) : odd(null)
  }
}

/** What selectAsText gave, as SQLite keeps it. */
export function fromCentralText(kind: Kind, text: string | null): LocalValue {
  if (text === null) return null
  switch (kind) {
    case 'integer':
    case 'number':
    case 'moment':
      return Number(text)
    case 'flag':
      return text === 't' || text === 'true' ? 1 : 0
    case 'text':
    case 'uuid':
    case 'date':
    case 'json':
      return text
  }
}
