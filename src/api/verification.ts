import { z } from 'zod'
import { anyway, id, moment, route, texts } from './route.ts'

const deviation = z.object({
  call: z.string(),
  /** A field as `[].user.dob`, or status, paging, answer. */
  what: z.string(),
  expected: z.string(),
  came: z.string(),
  times: z.number(),
})

const finding = z.object({
  operation: z.string(),
  outcome: z.enum(['ok', 'deviates', 'failed', 'skipped', 'cannot']),
  expected: z.string(),
  came: z.string(),
  code: z.string().nullable(),
  deviations: z.array(deviation),
  /** Fields that nobody spoke of: they pass, and may be mapped. */
  newFields: z.array(z.string()),
  evidence: z.enum(['documented', 'observed', 'inferred']).nullable(),
  /** It was inferred, and from now on counts as observed with this account. */
  confirmed: z.boolean(),
  calls: z.number(),
})
export type Finding = z.infer<typeof finding>

const verified = z.object({
  provider: z.string(),
  providerName: z.string(),
  /** Where it was looked at. */
  host: z.string(),
  /** What to know of the test host, where it was that one. */
  testHost: z.string().nullable(),
  at: moment,
  calls: z.number(),
  /** Nothing deviates, nothing failed. */
  ok: z.boolean(),
  findings: z.array(finding),
})
export type Verified = z.infer<typeof verified>

export const verification = {
  run: route(
    'POST',
    '/providers/{provider}/verify',
    'manager',
    'Holds what a provider really answers against what is known of it; reads only, unless write or publish is asked for',
  )
    .input(
      z.object({
        provider: z.string(),
        /** Whose keys and settings; null: those given here. */
        connectionId: id.nullable().default(null),
        settings: texts.default({}),
        /** Used for this once, and kept nowhere. */
        credentials: texts.default({}),
        /** The real host, where the provider has one for trying things out. */
        live: z.boolean().default(false),
        event: z.string().trim().min(1).nullable().default(null),
        write: z.boolean().default(false),
        bib: z.string().trim().min(1).nullable().default(null),
        registration: z.string().trim().min(1).nullable().default(null),
        publish: z.boolean().default(false),
        anyway,
      }),
    )
    .output(verified),
  progress: route('GET', '/providers/{provider}/verify', 'manager', 'How far a check that runs is')
    .input(z.object({ provider: z.string() }))
    .output(
      z.object({
        /** Null: none runs. */
        progress: z.object({ operation: z.string(), done: z.number(), calls: z.number() }).nullable(),
      }),
    ),
}
