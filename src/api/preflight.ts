import { z } from 'zod'
import { id, moment, route } from './route.ts'

const line = z.object({
  key: z.string(),
  title: z.string(),
  /** look: somebody should look at it before the start. */
  state: z.enum(['ready', 'look', 'not-ready']),
  words: z.string(),
  /** What to do; null where there is nothing to do. */
  todo: z.string().nullable(),
})
export type PreflightLine = z.infer<typeof line>

export const preflight = {
  check: route('GET', '/race-days/{id}/preflight', 'crew', 'The check before a race, from what is known here')
    .input(z.object({ id }))
    .output(z.object({ at: moment, lines: z.array(line) })),
}
