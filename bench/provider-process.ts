import { createCtliveServer } from '../src/rehearsal/ctlive-server.ts'
import { makePeople } from '../src/rehearsal/people.ts'
import { createRegistrations } from '../src/rehearsal/registrations.ts'
import { createRunSignUpServer } from '../src/rehearsal/runsignup-server.ts'
import { createScoring } from '../src/rehearsal/scoring.ts'

/** Both providers in a process of their own, as in life: `provider-process.ts PEOPLE ANSWER_MS`. */
const [count, answerMs] = process.argv.slice(2).map(Number)
if (count === undefined || answerMs === undefined) process.exit(2)

const keys = { api_key: 'bench', api_secret: 'bench' }
const login = { client_id: 'bench', user_id: 'bench', password: 'bench' }
// Everybody registered an hour ago: what was changed just now is rightly fetched again.
let behind = 3_600_000
const registrations = createRegistrations({ clock: () => Date.now() - behind })
const race = registrations.addRace({ name: 'Harbor Run', timezone: 'America/New_York' })
const event = registrations.addEvent(race.raceId, {
  name: '5K',
  distance: '5K',
  startsAt: Date.now() + 3 * 3_600_000,
})
const bibs = Array.from({ length: count }, (_, n) => String(n + 1))
const added = makePeople({ seed: 7, year: 2026, bibs }).map(person =>
  registrations.add(event.eventId, { person }),
)
behind = 0
const scoring = createScoring()
const scored = scoring.addEvent({ event_name: 'Harbor Run' })
scoring.addRace(String(scored.event_id), { race_name: '5K' })
const bareEvent = scoring.addEvent({ event_name: 'Of nobody' })
const bareRace = scoring.addRace(String(bareEvent.event_id), { race_name: 'Bare' })
const source = createRunSignUpServer({ registrations, keys, clock: Date.now })
const target = createCtliveServer({ scoring, login, clock: Date.now, pageHeaders: true })
source.faults.latencyMs = answerMs
await source.start()
await target.start()

/** Asks: `edit N` changes the first N people, as now; `targetMs` is what scoring takes to answer from now on. */
let edits = 0
process.on('message', (asked: { readonly edit?: number; readonly targetMs?: number }) => {
  edits += 1
  for (const { registrationId } of added.slice(0, asked.edit ?? 0)) {
    registrations.edit(registrationId, { person: { city: `Changed ${edits}` } })
  }
  target.faults.latencyMs = asked.targetMs ?? target.faults.latencyMs
  process.send?.({
    calls: source.calls.length,
    pushes: target.calls.filter(call => call.method !== 'GET').length,
  })
})
process.on('disconnect', () => process.exit(0))
process.send?.({
  source: source.url,
  target: target.url,
  keys,
  login,
  raceId: race.raceId,
  eventId: event.eventId,
  bareRaceId: bareRace.race_id,
})
