import type { Clock, Service } from '../core/runtime.ts'
import { makePeople } from '../rehearsal/people.ts'
import type { RaceDay } from '../rehearsal/race-day.ts'
import { createRandom } from '../rehearsal/random.ts'

const EVERY_MS = 20_000

/** People who still register, correct a name or change their town while the race is on. */
export function createLife(parts: {
  readonly day: Pick<RaceDay, 'registrations' | 'raceId'>
  readonly clock: Clock
  readonly seed: number
  readonly everyMs?: number
  readonly say: (what: string) => void
}): Service {
  const { registrations, raceId } = parts.day
  const random = createRandom(parts.seed)
  let timer: NodeJS.Timeout | undefined
  let turns = 0

  function turn(): void {
    turns += 1
    const events = registrations.eventsOf(raceId)
    const event = events[Math.floor(random() * events.length)]
    if (event === undefined) return
    if (turns % 2 === 1) {
      const year = new Date(parts.clock()).getUTCFullYear()
      const [person] = makePeople({ seed: parts.seed + turns, year, count: 1 })
      if (person === undefined) return
      registrations.add(event.eventId, { person })
      parts.say(`${person.firstName} ${person.lastName} registered for the ${event.name}`)
      return
    }
    const rows = registrations.active(event.eventId)
    const row = rows[Math.floor(random() * rows.length)]
    if (row === undefined) return
    const city = random() < 0.5 ? 'Bath' : 'Camden'
    registrations.edit(row.registrationId, { person: { city } })
    parts.say(`${row.person.firstName} ${row.person.lastName} (${event.name}) moved to ${city}`)
  }

  return {
    async start() {
      timer ??= setInterval(turn, parts.everyMs ?? EVERY_MS)
    },
    async stop() {
      clearInterval(timer)
      timer = undefined
    },
  }
}
