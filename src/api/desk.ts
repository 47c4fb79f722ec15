import { z } from 'zod'
import { match } from './race-day.ts'
import { done, flag, id, moment, route } from './route.ts'

const column = z.coerce.number().int().min(0)
const chipOnBib = z.object({ chip: z.string(), bib: z.string() })

const chipFileInput = z.object({
  id,
  file: z.file().optional(),
  text: z.string().optional(),
  /** Whether the first row names the columns; guessed when it is not said, as are the columns. */
  header: flag.optional(),
  chipColumns: z.union([z.array(column), column.transform(one => [one])]).optional(),
  bibColumn: column.optional(),
  /** Chips that are not in the file are on no bib any more. */
  replace: flag.default(false),
})

const chipFileResult = z.object({
  encoding: z.string(),
  delimiter: z.string(),
  header: z.boolean(),
  chipColumns: z.array(z.number()),
  bibColumn: z.number().nullable(),
  /** The first rows as they are in the file, the header among them. */
  sample: z.array(z.array(z.string())),
  rows: z.number(),
  /** What it comes to; lists are the first hundred. Null while the columns are not known. */
  changes: z
    .object({
      kept: z.number(),
      added: z.number(),
      moved: z.number(),
      removed: z.number(),
      movedChips: z.array(chipOnBib.extend({ from: z.string() })),
      removedChips: z.array(chipOnBib),
      doubled: z.number(),
      doubledChips: z.array(z.object({ chip: z.string(), bibs: z.array(z.string()) })),
      unworn: z.number(),
      unwornBibs: z.array(z.string()),
      bare: z.number(),
      bareBibs: z.array(z.string()),
      refused: z.number(),
      refusedRows: z.array(z.object({ line: z.number(), reason: z.string(), text: z.string() })),
    })
    .nullable(),
})
export type ChipFileResult = z.infer<typeof chipFileResult>

const doubleBib = z.object({
  bib: z.string(),
  /** Whose the bib's reads are; null: nobody's, as no decision tells. */
  linksTo: id.nullable(),
  /** The latest decision first. */
  wearers: z.array(
    z.object({
      id,
      name: z.string(),
      eventName: z.string(),
      /** Null: the source gave the bib. */
      decidedAt: moment.nullable(),
      decidedBy: z.string().nullable(),
      reads: z.number(),
    }),
  ),
})
export type DoubleBib = z.infer<typeof doubleBib>

const pair = z.object({ id, withId: id })

export const desk = {
  previewChipFile: route(
    'POST',
    '/race-days/{id}/chip-file/preview',
    'crew',
    "What the supplier's chip file would change; nothing is changed",
  )
    .input(chipFileInput)
    .output(chipFileResult),
  importChipFile: route(
    'POST',
    '/race-days/{id}/chip-file',
    'crew',
    "The supplier's chip file, as text or as the file itself (multipart)",
  )
    .input(chipFileInput)
    .output(chipFileResult),
  doubleBibs: route('GET', '/race-days/{id}/double-bibs', 'crew', 'Bibs that several people wear')
    .input(z.object({ id }))
    .output(z.object({ bibs: z.array(doubleBib) })),
  joinWalkUp: route(
    'PUT',
    '/participants/{id}/joined-to/{withId}',
    'crew',
    'A walk-up turns out to be a registration: reads, chips and decisions follow',
  )
    .input(pair)
    .output(match),
  splitWalkUp: route('DELETE', '/participants/{id}/joined-to', 'crew', 'Takes a join back')
    .input(z.object({ id }))
    .output(match),
  takeBackWalkUp: route(
    'DELETE',
    '/participants/{id}',
    'crew',
    'Takes a walk-up back that nothing hangs on yet; a conflict says what does',
  )
    .input(z.object({ id }))
    .output(done),
  swapChips: route(
    'PUT',
    '/participants/{id}/chips-swapped-with/{withId}',
    'crew',
    'Two wore each other’s bib: each gets the other’s chips, all reads of the day',
  )
    .input(pair.extend({ reason: z.string().optional() }))
    .output(match),
  takeBackSwap: route(
    'DELETE',
    '/participants/{id}/chips-swapped-with/{withId}',
    'crew',
    'Takes a swap of chips back',
  )
    .input(pair)
    .output(match),
}
