import { onTestFinished } from 'vitest'
import { haku } from '../../../src/providers/haku/index.ts'
import { createHakuServer } from '../../../src/rehearsal/haku-server.ts'
import type { MakeSite } from '../contract/site.ts'
import { registrationSide } from '../registration-side.ts'

const KEYS = { client_id: 'contract-client', client_secret: 'contract-client-secret' }
let accounts = 0

export const hakuContractSite: MakeSite = async options => {
  const side = registrationSide(options, 'cleared')
  // Keys of its own, so that no token of another test opens here.
  const keys = { ...KEYS, client_secret: `${KEYS.client_secret}-${accounts++}` }
  const server = createHakuServer({ registrations: side.registrations, keys, clock: side.theirClock })
  await server.start()
  onTestFinished(() => server.stop())
  const { event } = side.people
  return {
    provider: haku,
    server,
    budget: { spent: 0 },
    settings: { base_url: server.url, auth_url: server.url },
    credentials: keys,
    clock: side.clock,
    advance: side.advance,
    secrets: () => [
      ...Object.values(keys),
      Buffer.from(`${keys.client_id}:${keys.client_secret}`).toString('base64'),
      ...server.issued,
    ],
    pageSize: 'per_page',
    error200: { fault: { kind: 'error200', code: 4 }, code: 'provider.unreadable' },
    // A Haku event is one of ours.
    people: { ...side.people, event: { ...event, sourceEventId: event.sourceRaceId ?? '' } },
  }
}
