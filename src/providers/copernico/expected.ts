import { z } from 'zod'
import { said, watching } from '../expected.ts'
import { errorIn } from './wire.ts'

/** What Copernico's vendor and its clients show. A preset's columns are its maker's: only ours are spoken of. */

const { maybe } = said
const maybeText = maybe(z.string())
const number = z.union([z.number(), z.string()])

const row = z.looseObject({
  id: z.string(),
  dorsal: maybe(number),
  name: maybeText,
  surname: maybeText,
  status: maybeText,
})
const rows = z.array(row)

const time = z.looseObject({
  order: maybe(z.number()),
  distance: maybe(z.number()),
  time: maybe(z.number()),
  netTime: maybe(z.number()),
  raw: z.unknown().optional(),
})

const athlete = z.looseObject({
  id: z.string(),
  events: z.array(
    z.looseObject({
      event: z.string(),
      dorsal: maybe(number),
      status: maybeText,
      times: maybe(z.record(z.string(), time)),
      rankings: z.unknown().optional(),
    }),
  ),
})

export const watch = watching({
  refusal: z.custom(body => errorIn(body as never) !== null),
  answers: [
    {
      method: 'GET',
      path: '/{}/preset/{}/{}',
      body: z.union([rows, z.looseObject({ data: rows }), z.looseObject({ results: rows })]),
    },
    {
      method: 'GET',
      path: '/{}/athlete/{}/full',
      body: z.looseObject({ data: athlete }),
    },
    // Nobody showed what it answers.
    { method: 'POST', path: '/race-registrations/{}', body: null },
  ],
})
