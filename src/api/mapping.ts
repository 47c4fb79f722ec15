import { z } from 'zod'
import { id, moment, route } from './route.ts'

export const transform = z.discriminatedUnion(
  'kind',
  [
    z.object({ kind: z.literal('trim') }),
    z.object({ kind: z.literal('case'), to: z.enum(['upper', 'lower', 'title']) }),
    z.object({ kind: z.literal('date'), from: z.array(z.string()).readonly(), to: z.string() }),
    z.object({
      kind: z.literal('codes'),
      table: z
        .array(z.object({ from: z.string(), to: z.string() }).readonly())
        .max(10_000)
        .readonly(),
      otherwise: z.enum(['keep', 'blank', 'refuse']),
    }),
    z.object({ kind: z.literal('join'), separator: z.string() }),
    z.object({ kind: z.literal('split'), separator: z.string(), part: z.number() }),
    z.object({ kind: z.literal('default'), value: z.string() }),
    z.object({
      kind: z.literal('only-if'),
      field: z.string(),
      test: z.enum(['is', 'is-not', 'in']),
      values: z.array(z.string()).readonly(),
    }),
    z.object({ kind: z.literal('cut'), length: z.number() }),
  ],
  { error: 'unknown transform' },
)

const rule = z.object({
  inputs: z.array(z.string()).max(20).readonly(),
  transforms: z.array(transform).max(20).readonly(),
})

/** A rule, one input as it is, or on purpose nothing. */
const choice = z.union([z.string(), z.null(), rule], {
  error: 'is no input, nothing, or inputs with known transforms',
})

/** What a crew chose; what it does not name follows the providers' defaults. Keys are field names. */
export const mappingConfig = z.object({
  source: z.record(z.string(), choice).default({}),
  target: z.record(z.string(), choice).default({}),
})

const problem = z.object({ side: z.enum(['source', 'target']), field: z.string(), message: z.string() })

/** A field of ours and what it fills, as the mapping stands. */
const row = z.object({
  /** Null: ours that goes nowhere. */
  target: z
    .object({
      field: z.string(),
      label: z.string(),
      required: z.boolean(),
      maxLength: z.number().nullable(),
      codes: z.array(z.string()).nullable(),
      rule: rule.nullable(),
      /** The crew's choice, as opposed to the provider's default. */
      chosen: z.boolean(),
    })
    .nullable(),
  /** The field of ours that fills it, where it is one. */
  ours: z.string().nullable(),
  /** How ours is filled; null where that is no matter of the source. */
  source: z.object({ rule: rule.nullable(), chosen: z.boolean() }).nullable(),
})

/** Somebody's values through one row. */
const cell = z.object({
  said: z.string().nullable(),
  ours: z.string().nullable(),
  sent: z.string().nullable(),
  refusal: z.string().nullable(),
  /** The crew's value stands above the source's. */
  overridden: z.boolean(),
})

const person = z.object({
  participantId: id,
  name: z.string(),
  bibNumber: z.string().nullable(),
  eventName: z.string(),
})

const shown = z.object({
  version: z.number(),
  mappingConfig,
  problems: z.array(problem),
  rows: z.array(row),
  /** Real people, from `row` on; a cell each for each of the rows. */
  people: z.array(person.extend({ cells: z.array(cell) })),
  row: z.number(),
  total: z.number(),
})
export type MappingShown = z.infer<typeof shown>

const change = z.object({
  side: z.enum(['source', 'target']),
  field: z.string(),
  before: z.string(),
  after: z.string(),
})

const fitness = z.object({
  people: z.number(),
  fit: z.number(),
  withoutBib: z.number(),
  /** By field: how many it refuses, and the first hundred of them with the reason. */
  refused: z.array(
    z.object({
      field: z.string(),
      code: z.enum(['mapping.missing', 'mapping.refused']),
      people: z.number(),
      first: z.array(person.extend({ reason: z.string() })),
    }),
  ),
})
export type MappingFitness = z.infer<typeof fitness>

const start = z.coerce.number().int().min(0).default(0)
const saved = z.object({ version: z.number() })

export const mapping = {
  shown: route(
    'GET',
    '/provider-connections/{id}/mapping',
    'crew',
    'The mapping with five real people through it',
  )
    .input(z.object({ id, row: start }))
    .output(shown),
  preview: route(
    'POST',
    '/provider-connections/{id}/mapping/preview',
    'crew',
    'The same for a mapping that is not saved yet',
  )
    .input(z.object({ id, row: start, mappingConfig }))
    .output(shown),
  fitness: route(
    'POST',
    '/provider-connections/{id}/mapping/fitness',
    'crew',
    'Everybody through a mapping, saved or not: who would be refused, by field',
  )
    .input(z.object({ id, mappingConfig: mappingConfig.optional() }))
    .output(fitness),
  sourcePaths: route(
    'GET',
    '/provider-connections/{id}/source-paths',
    'crew',
    'What the registration provider says of people, found in real rows',
  )
    .input(z.object({ id }))
    .output(
      z.object({
        rows: z.number(),
        paths: z.array(
          z.object({
            path: z.string(),
            label: z.string().nullable(),
            samples: z.array(z.string()),
            filled: z.number(),
          }),
        ),
      }),
    ),
  save: route(
    'POST',
    '/provider-connections/{id}/mapping',
    'manager',
    'Saves a mapping as the next version and reads what is stored by it',
  )
    .input(
      z.object({
        id,
        mappingConfig,
        note: z.string().trim().max(500).default(''),
        /** The version it was made from: another that was saved meanwhile is not covered up. */
        basedOn: z.number().int().min(0).optional(),
      }),
    )
    .output(saved),
  versions: route('GET', '/provider-connections/{id}/mapping/versions', 'crew', 'Versions, newest first')
    .input(z.object({ id }))
    .output(
      z.object({
        versions: z.array(
          z.object({
            /** 0: the providers' own defaults. */
            version: z.number(),
            savedBy: z.string().nullable(),
            savedAt: moment.nullable(),
            note: z.string().nullable(),
            restoredFrom: z.number().nullable(),
            mappingConfig,
            /** Against the version before. */
            changes: z.array(change),
          }),
        ),
      }),
    ),
  diff: route(
    'GET',
    '/provider-connections/{id}/mapping/diff',
    'crew',
    'What differs between two versions, field by field',
  )
    .input(z.object({ id, from: z.coerce.number().int().min(0), to: z.coerce.number().int().min(0) }))
    .output(z.object({ changes: z.array(change) })),
  restore: route(
    'POST',
    '/provider-connections/{id}/mapping/restore',
    'manager',
    'Goes back to a version, as a new one',
  )
    .input(z.object({ id, version: z.number().int().min(0) }))
    .output(saved),
}
