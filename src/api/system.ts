import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { ROLES } from '../core/model.ts'
import { backupState } from './keeping.ts'
import { centralState } from './replication.ts'
import { done, id, limit, moment, opaque, route } from './route.ts'

export const networkState = z.object({
  /** Whether the last call to any provider reached it. Unknown until one was made. */
  state: z.enum(['up', 'down', 'unknown']),
  since: moment.nullable(),
})

const health = z.object({
  status: z.enum(['ok', 'degraded']),
  version: z.string(),
  uptimeS: z.number(),
  database: z.object({ ok: z.boolean(), path: z.string() }),
  central: centralState,
  network: networkState,
  secrets: z.object({
    kind: z.enum(['keychain', 'encrypted-file', 'memory']),
    ok: z.boolean(),
    message: z.string(),
  }),
  backup: backupState,
  laptop: z.string(),
  /** A practice race: simulated providers and readers, nothing here is real. */
  practice: z.boolean(),
  canPractice: z.boolean(),
  you: z.object({ name: z.string(), role: z.enum(ROLES) }),
})

export const TOPICS = [
  'reads',
  'sync',
  'health',
  'participants',
  'connections',
  'timing',
  'displays',
  'results',
] as const
export const topic = z.enum(TOPICS)
export type Topic = z.infer<typeof topic>

const auditEntry = z.object({
  id,
  at: moment,
  actor: z.string(),
  action: z.string(),
  tableName: z.string(),
  rowId: z.string(),
  before: z.unknown(),
  after: z.unknown(),
  reason: z.string().nullable(),
})

export const system = {
  health: route('GET', '/health', 'display', 'How this laptop is').output(health),
  stream: route('GET', '/stream', 'display', 'Says which topics changed; read again what you show')
    .input(z.object({ topics: z.string().default(TOPICS.join(',')) }))
    .output(eventIterator(z.object({ topics: z.array(topic), at: moment }))),
  audit: route('GET', '/audit', 'manager', 'Who did what, when, before and after')
    .input(
      z.object({
        rowId: z.string().optional(),
        limit: limit.default(100),
        after: z.coerce.number().optional(),
      }),
    )
    .output(z.object({ entries: z.array(auditEntry), next: z.number().nullable() })),
  startPractice: route('POST', '/practice', 'crew', 'Starts a practice race beside this app').output(
    z.object({ address: z.string().nullable() }),
  ),
  unlockSecrets: route('POST', '/secrets/unlock', 'manager', 'Gives the passphrase of the encrypted key file')
    .input(z.object({ passphrase: z.string().min(1) }))
    .output(done),
  details: route('GET', '/details', 'manager', 'What a person asking for help is asked for').output(opaque),
}
