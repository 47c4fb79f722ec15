import { z } from 'zod'
import type { Json } from '../core/runtime.ts'

/** Values as providers really write them: numbers as strings, one object where a list was meant, blanks for nothing. */

/** Text, trimmed; a number is its digits; blank, missing or anything else is null. */
export function textOf(value: unknown): string | null {
  const kind = typeof value
  return kind === 'string' || kind === 'number' || kind === 'boolean' ? String(value).trim() || null : null
}

export const text = z.unknown().optional().transform(textOf)

/** A finite number, also from digits in a string; else null. */
export function numberOf(value: unknown): number | null {
  const written = textOf(value)
  const read = written === null ? Number.NaN : Number(written)
  return Number.isFinite(read) ? read : null
}

export const number = z.unknown().optional().transform(numberOf)

/** What it answered of an id that it must have. */
export const id = text.pipe(z.string())

/** A list, also from one bare object, from a list written as an object with keys 0, 1, 2, and from nothing. */
export function listIn(value: unknown): readonly unknown[] {
  if (value === null || value === undefined || value === '') return []
  if (Array.isArray(value)) return value
  if (typeof value !== 'object') return [value]
  const keys = Object.keys(value)
  const numbered = keys.length > 0 && keys.every(key => /^\d+$/.test(key))
  return numbered ? Object.values(value) : [value]
}

const elements = z.unknown().optional().transform(listIn)

export const list = elements.transform(value => value as readonly Json[])

/** Such a list of what is known. */
export const listOf = <T extends z.ZodType>(element: T) => elements.pipe(z.array(element))

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** An object, whatever is in it; anything else is an empty one. */
export const objectIn = (value: unknown): Readonly<Record<string, unknown>> => (isObject(value) ? value : {})

export const object = z
  .unknown()
  .optional()
  .transform((value): unknown => objectIn(value))

const DAY_FIRST_YEAR = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d{1,2}):(\d\d)(?::(\d\d))?)?/
const DAY_LAST_YEAR = /^(\d{1,2})\/(\d{1,2})\/(\d{4})(?:[ T]+(\d{1,2}):(\d\d)(?::(\d\d))?)?/

/** `M/D/YYYY HH:mm` or `YYYY-MM-DD HH:mm:ss` as `YYYY-MM-DDTHH:mm:ss`, midnight if it has no time; null if it is neither. */
export function wallText(written: string | null): string | null {
  if (written === null) return null
  const iso = DAY_FIRST_YEAR.exec(written)
  const us = iso ? null : DAY_LAST_YEAR.exec(written)
  const [, year, month, day] = iso ?? (us ? [us[0], us[3], us[1], us[2]] : [])
  if (year === undefined || month === undefined || day === undefined) return null
  const [hour = '0', minute = '0', second = '0'] = (iso ?? us)?.slice(4) ?? []
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  const at = Date.parse(`${date}T00:00:00Z`)
  // The 30th of February is read as a day of March.
  if (Number.isNaN(at) || new Date(at).getUTCDate() !== Number(day)) return null
  return `${date}T${[hour, minute, second].map(part => part.padStart(2, '0')).join(':')}`
}

/** The day of either way of writing, YYYY-MM-DD. */
export const dayText = (written: string | null): string | null => wallText(written)?.slice(0, 10) ?? null
