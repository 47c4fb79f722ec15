import { z } from 'zod'
import { mappingConfig, transform } from './mapping.ts'
import { done, id, moment, opaque, route, texts } from './route.ts'

const setting = z.object({
  name: z.string(),
  label: z.string(),
  secret: z.boolean(),
  required: z.boolean(),
  help: z.string().optional(),
  placeholder: z.string().optional(),
  lines: z.literal(true).optional(),
})

const field = z.object({
  name: z.string(),
  label: z.string(),
  ours: z.string().nullable(),
  required: z.boolean().optional(),
  format: z.enum(['date', 'number', 'text']).optional(),
  maxLength: z.number().optional(),
  codes: z.array(z.string()).optional(),
  transforms: z.array(transform).optional(),
})

export const provider = z.object({
  id: z.string(),
  name: z.string(),
  roles: z.array(z.enum(['registration', 'scoring'])),
  settings: z.array(setting),
  limit: z.object({ calls: z.number(), perMs: z.number() }),
  fields: z.array(field),
  /** Operation → documented, observed or inferred (nobody has confirmed it). */
  evidence: opaque,
  /** What one would expect of it and it does not do → why, and what to do instead. */
  cannot: texts,
  /** Every operation of an adapter: done, and how sure we are of it, or why it is not. */
  abilities: z.array(
    z.discriminatedUnion('does', [
      z.object({
        ability: z.string(),
        does: z.literal(true),
        evidence: z.enum(['documented', 'observed', 'inferred']),
      }),
      z.object({ ability: z.string(), does: z.literal(false), why: z.string() }),
    ]),
  ),
})
export type ProviderInfo = z.infer<typeof provider>

const schedule = z.object({
  mode: z.enum(['event', 'interval']),
  intervalMinutes: z.number().int().min(1).max(10_080).nullable().default(null),
})

const written = {
  connectionName: z.string().trim().min(1).max(200),
  sourceProvider: z.string(),
  targetProvider: z.string(),
  sourceSettings: texts.default({}),
  targetSettings: texts.default({}),
  /** Written, never read back. */
  sourceCredentials: texts.default({}),
  targetCredentials: texts.default({}),
  events: z.union([z.literal('all'), z.array(z.string())]).default('all'),
  schedule: schedule.default({ mode: 'event', intervalMinutes: null }),
  autoSyncEnabled: z.boolean().default(true),
  inferredAllowed: z.boolean().default(false),
  mappingConfig: mappingConfig.default({ source: {}, target: {} }),
}

export const connection = z.object({
  id,
  connectionName: z.string(),
  sourceProvider: z.string(),
  targetProvider: z.string(),
  sourceSettings: texts,
  targetSettings: texts,
  /** Names of the keys that are kept on this laptop, never their values. */
  sourceCredentialsKept: z.array(z.string()),
  targetCredentialsKept: z.array(z.string()),
  credentialsUpdatedAt: moment.nullable(),
  events: z.union([z.literal('all'), z.array(z.string())]),
  schedule,
  scheduleInWords: z.string(),
  autoSyncEnabled: z.boolean(),
  inferredAllowed: z.boolean(),
  /** What nobody had confirmed and was seen to work with this connection's accounts. */
  confirmed: z.array(
    z.object({ side: z.enum(['source', 'target']), operation: z.string(), at: moment, how: z.string() }),
  ),
  mappingConfig,
  mappingVersion: z.number(),
  lastSyncAt: moment.nullable(),
  lastSuccessAt: moment.nullable(),
  nextSyncAt: moment.nullable(),
  participants: z.number(),
  /** People whose last change the target has not heard of. */
  waiting: z.number(),
  /** The laptop that runs it now, where it is another; null: this one, or nobody can say. */
  runsOn: z.string().nullable(),
  /** Newest first: how the last runs ended. */
  recent: z.array(
    z.object({
      id,
      status: z.string(),
      startedAt: moment,
      errorCode: z.string().nullable(),
      errorMessage: z.string().nullable(),
      heldRecords: z.number(),
    }),
  ),
  running: z
    .object({
      id,
      status: z.string(),
      step: z.string().nullable(),
      processed: z.number(),
      total: z.number().nullable(),
    })
    .nullable(),
  successRate24h: z.number().nullable(),
  createdAt: moment,
  updatedAt: moment,
})
export type Connection = z.infer<typeof connection>

const sideTest = z.object({
  ok: z.boolean(),
  account: z.string().nullable(),
  details: z.array(z.string()),
  code: z.string().nullable(),
  message: z.string(),
})

export const sourceEvent = z.object({
  sourceEventId: z.string(),
  sourceRaceId: z.string().nullable(),
  raceName: z.string().nullable(),
  eventName: z.string(),
  eventDate: z.string().nullable(),
  startAt: moment.nullable(),
  timezone: z.string().nullable(),
})

export const connections = {
  providers: route('GET', '/providers', 'crew', 'What each provider declares').output(
    z.object({ providers: z.array(provider) }),
  ),
  list: route('GET', '/provider-connections', 'crew', 'All connections').output(
    z.object({ connections: z.array(connection) }),
  ),
  get: route('GET', '/provider-connections/{id}', 'crew', 'One connection')
    .input(z.object({ id }))
    .output(connection),
  create: route('POST', '/provider-connections', 'manager', 'Adds a connection')
    .input(z.object(written))
    .output(connection),
  update: route('PATCH', '/provider-connections/{id}', 'manager', 'Changes what is named, leaves the rest')
    .input(
      z.object({
        id,
        connectionName: written.connectionName.optional(),
        sourceSettings: texts.optional(),
        targetSettings: texts.optional(),
        sourceCredentials: texts.optional(),
        targetCredentials: texts.optional(),
        events: z.union([z.literal('all'), z.array(z.string())]).optional(),
        schedule: schedule.optional(),
        autoSyncEnabled: z.boolean().optional(),
        inferredAllowed: z.boolean().optional(),
        mappingConfig: mappingConfig.optional(),
      }),
    )
    .output(connection),
  remove: route(
    'DELETE',
    '/provider-connections/{id}',
    'manager',
    'Takes a connection away; what it brought stays',
  )
    .input(z.object({ id }))
    .output(done),
  test: route('POST', '/provider-connections/{id}/test', 'crew', 'Tries both sides with the kept keys')
    .input(z.object({ id }))
    .output(z.object({ ok: z.boolean(), source: sideTest, target: sideTest })),
  tryOut: route('POST', '/provider-connections/test', 'manager', 'Tries keys before they are kept')
    .input(
      z.object({
        sourceProvider: written.sourceProvider,
        targetProvider: written.targetProvider,
        sourceSettings: written.sourceSettings,
        targetSettings: written.targetSettings,
        sourceCredentials: written.sourceCredentials,
        targetCredentials: written.targetCredentials,
      }),
    )
    .output(z.object({ ok: z.boolean(), source: sideTest, target: sideTest })),
  sourceEvents: route('GET', '/provider-connections/{id}/source-events', 'crew', 'Events to choose from')
    .input(z.object({ id }))
    .output(z.object({ events: z.array(sourceEvent) })),
  export: route(
    'GET',
    '/provider-connections/{id}/export',
    'crew',
    "Rows a run would push, as the target's own import file",
  )
    .input(z.object({ id }))
    .output(z.object({ fileName: z.string(), mediaType: z.string(), rows: z.number(), text: z.string() })),
}
