import { z } from 'zod'
import type { Json } from '../../core/runtime.ts'
import { list, listOf, number, object, text } from '../loose.ts'
import { undoubled } from './double-encoded.ts'

/** What Copernico really answers. Its texts may come encoded twice. */

const said = text.transform(value => (value === null ? null : undoubled(value)))

/** Somebody in a preset: its columns are whatever its maker chose. Ours must have `id`. */
export const rowWire = z.looseObject({
  id: text,
  dorsal: said,
  name: said,
  surname: said,
  status: text,
})
export type RowWire = z.infer<typeof rowWire>

/** Ms from the start; 0 is what a preset says for none. */
const duration = number.transform(value => (value === null || value <= 0 ? null : Math.round(value)))

/** A place; 0 for none. */
const place = number.transform(value =>
  value !== null && Number.isInteger(value) && value > 0 ? value : null,
)

const timeWire = z.looseObject({
  order: number,
  distance: number,
  time: duration,
  netTime: duration,
  raw: object.pipe(z.looseObject({ rawTime: number })),
})
export type TimeWire = z.infer<typeof timeWire>

const rankingWire = z.looseObject({ pos: place, posGen: place, posCat: place })

const bySplit = <T extends z.ZodType>(element: T) => object.pipe(z.record(z.string(), element))

/** Somebody's race: one of the events of an athlete, or what a preset says of it. */
const raceWire = z.looseObject({
  event: said,
  dorsal: said,
  status: text,
  times: bySplit(timeWire),
  rankings: bySplit(rankingWire),
})

export const athleteWire = z.looseObject({ id: text, events: listOf(raceWire) })
export type AthleteWire = z.infer<typeof athleteWire>

/** A result as `pull` gathers it. */
export const gatheredWire = z.looseObject({
  id: text,
  race: raceWire.nullable(),
  /** Which of the times is the whole course; null: nobody said. */
  finish: text,
})

/** The envelope of an athlete, and of an error that comes with HTTP 200. */
const envelopeWire = z.looseObject({
  result: object.pipe(z.looseObject({ code: number, message: said })),
  data: z.unknown().optional(),
})

/** An error in an answer with HTTP 200; null: it holds none. Code 0 and 1 were seen to be good. */
export function errorIn(answer: Json): string | null {
  if (answer === null || typeof answer !== 'object' || Array.isArray(answer)) return null
  const { code, message } = envelopeWire.parse(answer).result
  if (code !== null) return code === 0 || code === 1 ? null : (message ?? `error ${code}`)
  const error = 'error' in answer ? answer.error : null
  return error ? (typeof error === 'string' ? error : JSON.stringify(error)) : null
}

/** What an athlete's envelope holds; null: nothing. */
export function dataIn(answer: Json): Json | null {
  const read = envelopeWire.safeParse(answer)
  const data = read.success ? object.parse(read.data.data) : {}
  return Object.keys(data as object).length === 0 ? null : (data as Json)
}

/** A preset's rows: an array, or under `data` or `results`; null for none of these, which is not the same as no rows. */
export function rowsIn(answer: Json): readonly Json[] | null {
  if (Array.isArray(answer)) return list.parse(answer)
  if (answer === null || typeof answer !== 'object') return null
  const wrapper = ['results', 'data'].find(name => Object.hasOwn(answer, name))
  if (wrapper !== undefined) return list.parse((answer as { readonly [name: string]: Json })[wrapper])
  return 'dorsal' in answer || 'id' in answer ? [answer] : null
}
