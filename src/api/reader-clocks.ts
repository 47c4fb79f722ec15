import { z } from 'zod'
import { OFFSET_SOURCES } from '../core/model.ts'
import { id, limit, moment, route } from './route.ts'

const offset = z.object({
  id,
  device: z.string(),
  /** By the reader's own clock; null is open. It ends before toAt. Of two that overlap, the one that began last holds. */
  fromAt: moment.nullable(),
  toAt: moment.nullable(),
  /** Ms added to the reader's times. */
  offsetMs: z.number().int(),
  how: z.enum(OFFSET_SOURCES),
  /** The read or gun it was measured at. */
  readId: z.number().nullable(),
  /** When that really was. */
  trueAt: moment.nullable(),
  reason: z.string().nullable(),
  decidedBy: z.string(),
  decidedAt: moment,
})
export type OffsetShown = z.infer<typeof offset>

const clocks = z.object({
  devices: z.array(
    z.object({
      device: z.string(),
      reads: z.number(),
      guns: z.number(),
      /** By the reader's own clock. */
      firstAt: moment.nullable(),
      lastAt: moment.nullable(),
      /** Reads whose time, offset applied, is no time of the race. */
      outside: z.number(),
    }),
  ),
  offsets: z.array(offset),
})

const readId = z.number().int()
/** A constant, or a read of the device with its true time: a watch's, another read's, a start's. */
const found = z.union([
  z.object({
    offsetMs: z
      .number()
      .int()
      .min(-(2 ** 52))
      .max(2 ** 52),
  }),
  z.object({ readId, trueAt: moment }),
  z.object({ readId, trueReadId: readId }),
  z.object({ readId, trueStart: z.object({ eventId: id, wave: z.string().default('') }) }),
])

const measurement = {
  sessionId: id,
  device: z.string().min(1),
  fromAt: moment.nullable().default(null),
  toAt: moment.nullable().default(null),
  found,
}

const measured = z.object({
  offsetMs: z.number().int(),
  how: z.enum(OFFSET_SOURCES),
  /** The read's time as the reader gave it, and the true one; null for a constant. */
  readerAt: moment.nullable(),
  trueAt: moment.nullable(),
  /** Of two reads: whether both are linked to one person at one location; null where there are not two. */
  samePassing: z.boolean().nullable(),
  /** What is added to that read's times now, or to the first of the range. */
  offsetMsBefore: z.number().int(),
  /** Reads, and guns among them, whose time would change. */
  moves: z.number(),
  movesGuns: z.number(),
})
export type Measured = z.infer<typeof measured>

export const readerClocks = {
  list: route('GET', '/timing/sessions/{sessionId}/reader-clocks', 'crew', 'Readers, their times and offsets')
    .input(z.object({ sessionId: id }))
    .output(clocks),
  measure: route(
    'POST',
    '/timing/sessions/{sessionId}/reader-clocks/measure',
    'crew',
    'The offset that would be, and how many reads it would move; changes nothing',
  )
    .input(z.object(measurement))
    .output(measured),
  set: route('PUT', '/timing/sessions/{sessionId}/reader-clocks', 'crew', 'Gives a reader an offset')
    .input(z.object({ ...measurement, reason: z.string().trim().max(500).optional() }))
    .output(offset),
  takeBack: route(
    'DELETE',
    '/timing/reader-offsets/{id}',
    'crew',
    'Takes an offset back: links are as before',
  )
    .input(z.object({ id, reason: z.string().trim().max(500).optional() }))
    .output(offset),
  history: route(
    'GET',
    '/timing/sessions/{sessionId}/reader-clocks/history',
    'crew',
    'Who gave which offset, newest first',
  )
    .input(z.object({ sessionId: id, limit: limit.default(100) }))
    .output(
      z.object({
        entries: z.array(
          z.object({
            at: moment,
            actor: z.string(),
            action: z.string(),
            device: z.string(),
            fromAt: moment.nullable(),
            toAt: moment.nullable(),
            offsetMs: z.number().int(),
            reason: z.string().nullable(),
          }),
        ),
      }),
    ),
}
