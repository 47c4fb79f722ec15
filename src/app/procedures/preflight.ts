import { os } from '../door.ts'
import type { AppParts } from '../parts.ts'
import { judgePreflight } from '../preflight/preflight.ts'
import { preflightFacts } from '../preflight/preflight-facts.ts'
import { raceDayById } from '../race-days.ts'

export function preflightProcedures(parts: AppParts) {
  return {
    check: os.preflight.check.handler(async ({ input }) => {
      const facts = await preflightFacts(parts, raceDayById(parts.store.read, input.id))
      return { at: facts.now, lines: [...judgePreflight(facts)] }
    }),
  }
}
