import type { RaceDay } from '../rehearsal/race-day.ts'
import type { Client } from '../server/client.ts'

type NewConnection = Parameters<Client['connections']['create']>[0]

/** Far above what a race needs: nobody waits for a simulated provider's patience. */
const CALLS_PER_HOUR = '100000'

/** The connection of a practice race: both providers as they are simulated, with their keys. */
export const practiceConnection = (day: RaceDay): NewConnection => ({
  connectionName: 'Harbor Run (practice)',
  sourceProvider: 'runsignup',
  targetProvider: 'ctlive',
  sourceSettings: {
    race_id: String(day.raceId),
    base_url: day.urls.runSignUp,
    calls_per_hour: CALLS_PER_HOUR,
  },
  targetSettings: {
    client_id: day.login.client_id,
    user_id: day.login.user_id,
    event_id: day.ctliveEventId,
    base_url: day.urls.ctlive,
    calls_per_hour: CALLS_PER_HOUR,
  },
  sourceCredentials: { ...day.keys },
  targetCredentials: { password: day.login.password },
  schedule: { mode: 'interval', intervalMinutes: 1 },
  // Nothing here is real: what nobody has confirmed may be tried.
  inferredAllowed: true,
})
