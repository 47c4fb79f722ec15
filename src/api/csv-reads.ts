import { z } from 'zod'
import { id, moment, route } from './route.ts'
import { csvColumns } from './timing.ts'

const place = z.number().optional()

const preview = z.object({
  encoding: z.string(),
  delimiter: z.string(),
  header: z.boolean(),
  /** The first rows as they are in the file, the header among them. */
  sample: z.array(z.array(z.string())),
  /** Columns from 0: the ones said, or what they look like. */
  places: z.object({
    chip: place,
    bib: place,
    time: place,
    date: place,
    location: place,
    device: place,
    antenna: place,
    rssi: place,
  }),
  /** What is to be said before it can be read. */
  problem: z.string().nullable(),
  /** The day that times without a date are given. */
  day: z.string(),
  timezone: z.string(),
  found: z
    .object({
      reads: z.number(),
      firstAt: moment.nullable(),
      lastAt: moment.nullable(),
      /** Whether the file says the day of its times. */
      dated: z.boolean(),
      chips: z.number(),
      bibs: z.number(),
      /** The first fifty. */
      locations: z.array(z.string()),
      /** The first reads. */
      shown: z.array(
        z.object({
          chip: z.string().nullable(),
          bib: z.string().nullable(),
          rawTime: z.string().nullable(),
          at: moment.nullable(),
          location: z.string().nullable(),
        }),
      ),
      /** The first hundred. */
      refused: z.array(z.object({ line: z.number(), reason: z.string(), text: z.string() })),
      refusedCount: z.number(),
    })
    .nullable(),
})

export const csvReads = {
  preview: route(
    'POST',
    '/timing/import/preview',
    'crew',
    'What a CSV file of reads would bring with these columns; nothing is kept',
  )
    .input(
      z.object({
        sessionId: id,
        file: z.file().optional(),
        text: z.string().optional(),
        location: z.string().trim().min(1).optional(),
        csvColumns: csvColumns.partial().optional(),
      }),
    )
    .output(preview),
}
