import { z } from 'zod'
import { ALERT_KINDS, ALERT_SEVERITIES, ALERT_STATES } from '../core/alerts.ts'
import { id, moment, route } from './route.ts'

const alert = z.object({
  id,
  kind: z.enum(ALERT_KINDS),
  /** A connection's id, an account, a reader's name. */
  subject: z.string(),
  severity: z.enum(ALERT_SEVERITIES),
  message: z.string(),
  /** What to do about it. */
  todo: z.string(),
  connectionId: id.nullable(),
  state: z.enum(ALERT_STATES),
  firstSeenAt: moment,
  lastSeenAt: moment,
  /** How often it began. */
  count: z.number(),
  decidedBy: z.string().nullable(),
  decidedAt: moment.nullable(),
  snoozedUntil: moment.nullable(),
  resolvedAt: moment.nullable(),
})
export type Alert = z.infer<typeof alert>

export const alerts = {
  list: route('GET', '/alerts', 'crew', 'What is wrong, the worst first, and what was lately').output(
    z.object({ alerts: z.array(alert), resolved: z.array(alert) }),
  ),
  acknowledge: route(
    'POST',
    '/alerts/{id}/acknowledge',
    'crew',
    'Somebody is at it; with snooze_minutes it is said again then',
  )
    .input(z.object({ id, snoozeMinutes: z.number().int().min(1).max(1440).optional() }))
    .output(alert),
}
