import { readDate } from './date-format.ts'
import type { ProviderField } from './mapping.ts'
import { applyTransforms, fold } from './transforms.ts'

/** Ways in which dates are written, read when one side writes another way than the other. */
const DATE_FORMATS = [
  'YYYY-MM-DD',
  'YYYY/M/D',
  'YYYYMMDD',
  'M/D/YYYY',
  'D/M/YYYY',
  'D.M.YYYY',
  'D-M-YYYY',
  'D MMM YYYY',
  'MMM D, YYYY',
]

/** Fewer digits of a telephone number may be two people's. */
const PHONE_DIGITS = 9

/**
 * Whether a target holds what we mean, however it writes it: case, blanks, dates, telephone numbers, and words that the
 * field's own transforms make one of. A bib keeps its leading zeros.
 */
export function sameValue(field: ProviderField | undefined, ours: string, theirs: string): boolean {
  if (ours === theirs) return true
  const [one, other] = [onTheWire(field, ours), onTheWire(field, theirs)]
  if (one === other) return true
  if (field?.format === 'date') return sameDay(one, other)
  if (field?.format === 'number') return one !== '' && other !== '' && Number(one) === Number(other)
  return field?.ours === 'phone' && samePhone(one, other)
}

/** A value as the field's own transforms leave it, without case and blanks. */
function onTheWire(field: ProviderField | undefined, text: string): string {
  const { value } = applyTransforms([text], field?.transforms ?? [], () => null)
  return fold((value ?? text).normalize('NFC').replace(/\s+/g, ' '))
}

/** A format that reads both decides; 5/9 and 9/5 are one day only where nothing reads both. */
function sameDay(one: string, other: string): boolean {
  const [left, right] = [daysOf(one), daysOf(other)]
  const both = [...left.keys()].filter(format => right.has(format))
  if (both.length > 0) return both.some(format => left.get(format) === right.get(format))
  const days = new Set(left.values())
  return [...right.values()].some(day => days.has(day))
}

/** The day a text may mean, by the format that reads it. */
function daysOf(text: string): ReadonlyMap<string, string> {
  const day = text.replace(/^(\d{4}-\d\d-\d\d)[t ].*$/, '$1')
  return new Map(
    DATE_FORMATS.flatMap(format => {
      const read = readDate(day, format)
      return read === null ? [] : [[format, `${read.year}-${read.month}-${read.day}`] as const]
    }),
  )
}

function samePhone(one: string, other: string): boolean {
  const [short = '', long = ''] = [one, other]
    .map(text => text.replace(/\D/g, '').replace(/^0+/, ''))
    .sort((a, b) => a.length - b.length)
  return short !== '' && (short === long || (short.length >= PHONE_DIGITS && long.endsWith(short)))
}
