import { monitorEventLoopDelay } from 'node:perf_hooks'
import { createWorld } from '../test/support/world.ts'
import { type Figure, ms, round } from './measure.ts'

const PEOPLE = 60_000
const ANSWER_MS = 50

/** 60,000 participants from the simulated provider answering in 50 ms, beside the provider's own time. */
export async function benchSync(): Promise<Figure[]> {
  // Everybody registered an hour ago: what was changed just now is rightly fetched again.
  let behind = 3_600_000
  const world = await createWorld({ people: PEOPLE, inferredAllowed: false, clock: () => Date.now() - behind })
  behind = 0
  try {
    const connection = await world.connect()
    world.runSignUp.faults.latencyMs = ANSWER_MS
    const delay = monitorEventLoopDelay({ resolution: 5 })
    delay.enable()
    const began = performance.now()
    const first = await world.call().sync.manual({ connectionId: connection.id, wait: true })
    const took = ms(began)
    delay.disable()

    // The same pages fetched and thrown away: the provider's time and the wire's.
    const bare = performance.now()
    let after = 0
    let calls = 0
    for (;;) {
      const query = new URLSearchParams({ ...world.keys, format: 'json', event_id: String(world.event.eventId), results_per_page: '2500', sort: 'registration_id ASC', after_registration_id: String(after), include_questions: 'T' })
      const answer = await fetch(`${world.runSignUp.url}/race/${world.race.raceId}/participants?${query}`)
      const [page] = (await answer.json()) as { participants?: { registration_id: number }[] }[]
      calls += 1
      const last = page?.participants?.at(-1)
      if (!last) break
      after = last.registration_id
    }
    const bareTook = ms(bare)

    const cpu = process.cpuUsage()
    const before = world.runSignUp.calls.length
    await world.call().sync.manual({ connectionId: connection.id, wait: true })
    const used = process.cpuUsage(cpu)
    return [
      {
        what: `${PEOPLE.toLocaleString('en')} participants through sync, provider answering in ${ANSWER_MS} ms`,
        measured: `${round(took / 1000)} s (${first.operation?.addedRecords} stored, ${first.operation?.calls} calls)`,
        beside: `${calls} bare calls ${round(bareTook / 1000)} s, ratio ${round(took / bareTook)}`,
        reach: '≤ 3 × the provider’s own time',
      },
      {
        what: 'event loop while it syncs (simulated provider in the same process)',
        measured: `p99 ${round(delay.percentile(99) / 1e6)} ms, max ${round(delay.max / 1e6)} ms`,
        beside: '–',
        reach: 'p99 ≤ 50 ms',
      },
      {
        what: 'pass with nothing new (held entries compared again)',
        measured: `${world.runSignUp.calls.length - before} calls, ${round((used.user + used.system) / 1000)} ms CPU of the whole process`,
        beside: '–',
        reach: '≤ 2 calls, ≤ 50 ms',
      },
    ]
  } finally {
    await world.stop()
  }
}
