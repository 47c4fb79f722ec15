import { z } from 'zod'
import { moment, route } from './route.ts'

const laptop = z.object({
  login: z.string(),
  /** What it was invited as. */
  role: z.string(),
  /** Its own name; null until it has joined. */
  name: z.string().nullable(),
  connected: z.boolean(),
  address: z.string().nullable(),
  invitedAt: moment,
  joinedAt: moment.nullable(),
  /** When it was last connected; now while it is. */
  heardAt: moment.nullable(),
  revokedAt: moment.nullable(),
  /** The laptop that is the hub. */
  self: z.boolean(),
})

const hubState = z.object({
  /** False in a practice race. */
  canBe: z.boolean(),
  /** Whether this laptop is to be the hub, also after a restart. */
  on: z.boolean(),
  state: z.enum(['stopped', 'starting', 'running', 'failed']),
  /** What failed, in words. */
  message: z.string().nullable(),
  port: z.number().int().nullable(),
  /** Where other laptops find it now, likeliest first. */
  addresses: z.array(z.string()),
  /** SHA-256 of its certificate. */
  fingerprint: z.string().nullable(),
  since: moment.nullable(),
  laptops: z.array(laptop),
})
export type HubState = z.infer<typeof hubState>

const port = z.number().int().min(1024).max(65_535)

export const hub = {
  status: route('GET', '/hub', 'crew', 'Whether this laptop is the hub of the site, and who is on it').output(
    hubState,
  ),
  start: route('POST', '/hub/start', 'manager', 'This laptop becomes the hub of the site')
    .input(z.object({ port: port.nullable().default(null) }))
    .output(hubState),
  stop: route('POST', '/hub/stop', 'manager', 'This laptop is the hub no longer; nothing is lost').output(
    hubState,
  ),
  invite: route('POST', '/hub/invite', 'manager', 'A code for one laptop, once')
    .input(z.object({ role: z.string().trim().min(1).max(60) }))
    .output(z.object({ code: z.string(), role: z.string(), login: z.string() })),
  revoke: route('POST', '/hub/revoke', 'manager', 'Takes the code of one laptop back')
    .input(z.object({ login: z.string().min(1) }))
    .output(hubState),
}
