import { chipKey, contentIdentity } from '../../core/identity.ts'
import { parseTimeOfDay, wallToInstant } from '../../core/time.ts'
import type { JournalRead } from '../../store/reads.ts'
import { type LineReading, type ReadContext, refusal, wholeNumber } from './protocol.ts'

/** YYMMDD as ms of its midnight as if it were UTC; null if it is no date. */
function parseDate(text: string): number | null {
  const match = /^(\d\d)(\d\d)(\d\d)$/.exec(text)
  if (!match) return null
  const [year = 0, month = 0, day = 0] = match.slice(1).map(Number)
  const date = new Date(Date.UTC(2000 + year, month - 1, day))
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.getTime() : null
}

interface Moment {
  readonly readAt: number | null
  /** As received; what the read's identity says of its time. */
  readonly rawTime: string
  readonly timeProblem: string | null
}

function siteTime(date: string | null, clock: string, context: ReadContext): Moment {
  const midnight = date === null ? Date.parse(`${context.date}T00:00:00Z`) : parseDate(date)
  const time = parseTimeOfDay(clock)
  const rawTime = date === null ? clock : `${date} ${clock}`
  if (midnight === null || Number.isNaN(midnight) || time === null)
    return { readAt: null, rawTime, timeProblem: `"${rawTime}" is not a time` }
  return { readAt: wallToInstant(midnight + time, context.timezone), rawTime, timeProblem: null }
}

const EPOCH_MS = /^\d{13}$/

/**
 * `utc` (ms since the epoch) where it is sent: no zone can be wrong. Else the site's `t`, on `d` or the session's day.
 * `ut` only where there is no other: the vendor does not say that it is UTC, and in his example it is a time of day.
 */
function momentOf(fields: ReadonlyMap<string, string>, context: ReadContext): Moment {
  const utc = fields.get('utc') ?? ''
  if (EPOCH_MS.test(utc)) return { readAt: Number(utc), rawTime: utc, timeProblem: null }
  const time = fields.get('t')
  if (time !== undefined) return siteTime(fields.get('d') ?? null, time, context)
  const ut = fields.get('ut') ?? ''
  if (EPOCH_MS.test(ut)) return { readAt: Number(ut), rawTime: ut, timeProblem: null }
  return { readAt: null, rawTime: ut, timeProblem: 'no time' }
}

/** `key=value|key=value`; what has no key is left out. */
export function readFields(record: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>()
  for (const part of record.split('|')) {
    const at = part.indexOf('=')
    const value = part.slice(at + 1).trim()
    if (at > 0 && value !== '') fields.set(part.slice(0, at).trim(), value)
  }
  return fields
}

interface Known {
  readonly kind: JournalRead['kind']
  /** As received. */
  readonly chip: string
  readonly location: string
  readonly device: string
  readonly antenna: string
  readonly rssi?: number | null
  readonly lap?: number | null
  readonly raw: string
}

/**
 * A read is known by its content: chip, time as received, location, device, antenna. A message number is no identity:
 * it begins anew whenever Timing & Scoring or its connection does and the protocol names no stream, so that 7 after a
 * cut may be the same 7 sent again or another one. Taken for the same it would lose reads, for another double them.
 */
function readOf(known: Known, moment: Moment): LineReading {
  const { kind, location, device, antenna, raw } = known
  const chip = kind === 'chip' ? chipKey(known.chip) : known.chip
  const read: JournalRead = {
    kind,
    identity: contentIdentity({
      chip: `${chip}@${location}`,
      time: moment.rawTime,
      device,
      antenna,
      rssi: '',
    }),
    source: 'mylaps',
    device,
    streamId: null,
    streamLocation: location === '' ? null : location,
    sequence: null,
    chip,
    bibNumber: null,
    ...moment,
    antenna: antenna === '' ? null : antenna,
    rssi: known.rssi ?? null,
    lap: known.lap ?? null,
    raw,
  }
  return { kind: 'read', read }
}

/** A record of version 2: `t=13:11:30.904|c=0000041|ct=UH|d=120606|l=13|dv=4|re=0|an=00001111|g=0|b=41|n=41`. */
export function readPassing(record: string, location: string, context: ReadContext): LineReading {
  const fields = readFields(record)
  const chip = fields.get('c')
  if (chip === undefined) return refusal('no chip')
  const number = fields.get('dv')
  const strength = fields.get('amd') ?? ''
  const reader = fields.get('re')
  const antenna = fields.get('an') ?? ''
  return readOf(
    {
      kind: 'chip',
      chip,
      location,
      // A device's number is its own only within a location.
      device: fields.get('dm') ?? (number === undefined ? location : `${location}/${number}`),
      antenna: reader === undefined || reader === '0' ? antenna : `${reader}/${antenna}`,
      rssi: /^-?\d{1,3}$/.test(strength) ? Number(strength) : null,
      lap: wholeNumber(fields.get('l')),
      raw: record,
    },
    momentOf(fields, context),
  )
}

const STORED = /^(.{7})(\d\d:\d\d:\d\d\.\d{2,3})(.*)(\d{6})([0-9A-Fa-f]{2})$/

/**
 * A record of version 1: chip (7), time (12 or 11), what the vendor's example leaves unexplained, YYMMDD, checksum (2),
 * as `KV8658316:13:57.417 3 0F  1000025030870`.
 */
export function readStored(record: string, location: string, context: ReadContext): LineReading {
  const match = STORED.exec(record.trim())
  if (!match) return refusal('not a version 1 record: chip, time, …, YYMMDD, checksum')
  const [, chip = '', time = '', , date = ''] = match
  if (chip.trim() === '') return refusal('no chip')
  return readOf(
    { kind: 'chip', chip, location, device: location, antenna: '', raw: record },
    siteTime(date, time, context),
  )
}

/** A marker: `t=11:03:40.347|mt=Gunshot|n=Gunshot 1`. A gunshot is a gun. */
export function readMarker(record: string, location: string, context: ReadContext): LineReading {
  const fields = readFields(record)
  const type = fields.get('mt')
  if (type === undefined) return refusal('a marker without its type, mt=')
  const gun = /^gun/i.test(type)
  // Two guns of one moment, of two waves, differ by their names only.
  const moment = momentOf(fields, context)
  const reading = readOf(
    { kind: gun ? 'gun' : 'marker', chip: type, location, device: location, antenna: '', raw: record },
    { ...moment, rawTime: `${moment.rawTime} ${fields.get('n') ?? ''}`.trim() },
  )
  if (reading.kind === 'refused') return reading
  const { read } = reading
  return { kind: 'read', read: { ...read, chip: gun ? 'guntime' : type, rawTime: moment.rawTime } }
}
