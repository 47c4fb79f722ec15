import { onTestFinished } from 'vitest'
import { raceRoster } from '../../../src/providers/race-roster/index.ts'
import { createRaceRosterServer } from '../../../src/rehearsal/race-roster-server.ts'
import type { MakeSite } from '../contract/site.ts'
import { registrationSide } from '../registration-side.ts'

const LOGIN = {
  client_id: 'contract-client',
  client_secret: 'contract-client-secret',
  username: 'contract@example.com',
  password: 'contract-password',
}
let logins = 0

export const raceRosterContractSite: MakeSite = async options => {
  const side = registrationSide(options, 'cleared')
  // A login of its own, so that no token of another test opens here.
  const login = { ...LOGIN, password: `${LOGIN.password}-${logins++}` }
  const server = createRaceRosterServer({ registrations: side.registrations, login, clock: side.theirClock })
  await server.start()
  onTestFinished(() => server.stop())
  return {
    provider: raceRoster,
    server,
    budget: { spent: 0 },
    settings: { base_url: server.url },
    credentials: login,
    clock: side.clock,
    advance: side.advance,
    secrets: () => [...Object.values(login), ...server.issued],
    pageSize: 'limit',
    error200: { fault: { kind: 'error200', code: 4 }, code: 'provider.refused' },
    people: side.people,
  }
}
