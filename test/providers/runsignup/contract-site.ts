import { onTestFinished } from 'vitest'
import { runsignup } from '../../../src/providers/runsignup/index.ts'
import { createRunSignUpServer } from '../../../src/rehearsal/runsignup-server.ts'
import type { MakeSite } from '../contract/site.ts'
import { CANARY } from '../outside.ts'
import { registrationSide } from '../registration-side.ts'

export const runsignupContractSite: MakeSite = async options => {
  const side = registrationSide(options, 'removed')
  const server = createRunSignUpServer({
    registrations: side.registrations,
    keys: CANARY,
    clock: side.theirClock,
  })
  await server.start()
  onTestFinished(() => server.stop())
  return {
    provider: runsignup,
    server,
    budget: { spent: 0 },
    settings: { base_url: server.url },
    credentials: CANARY,
    clock: side.clock,
    advance: side.advance,
    secrets: () => Object.values(CANARY),
    pageSize: 'results_per_page',
    error200: { fault: { kind: 'error200', code: 7 }, code: 'provider.forbidden' },
    people: side.people,
  }
}
