import { createTestClock, createWorld, type WorldOptions } from './world.ts'

/** 8 May 2021, 05:00 in New York: the 5K of the world starts at 08:00, when the boxes of the fixtures heard guns. */
export const MORNING = Date.parse('2021-05-08T09:00:00Z')

/** A moment of that day by the site's wall clock, ms UTC. */
export const at = (wall: string): number => Date.parse(`2021-05-08T${wall}-04:00`)

/** A world of that morning: everybody fetched and pushed, a session on the race day. */
export async function createMorning(options: WorldOptions = {}) {
  const clock = createTestClock(MORNING)
  const world = await createWorld({ people: 6, clock, ...options })
  const connection = await world.connect()
  await world.call().sync.manual({ connectionId: connection.id, wait: true })
  const [day] = (await world.call().raceDay.raceDays()).raceDays
  const event = day?.events[0]
  if (!day || !event) throw new Error('no race day came with the events')
  const session = await world.call().timing.addSession({ sessionName: 'Harbor', raceDayId: day.id })

  let line = 0
  return {
    world,
    clock,
    connection,
    day,
    event,
    session,
    /** A chip's read in a controller's file, by the site's wall clock. */
    async chipRead(location: string, chip: string, wall: string): Promise<void> {
      const seconds = Date.parse(`2021-05-08T${wall}Z`) / 1000
      const text = `TO~${++line}~${chip}~160~18~${seconds.toFixed(2)}~${location}~8~-63~${line}~P~1`
      await world.call().timing.import({ sessionId: session.id, location, text })
    },
    async personOf(bib: string) {
      const [match] = (await world.call().raceDay.lookup({ bib, raceDayId: day.id })).matches
      if (!match) throw new Error(`nobody has bib ${bib}`)
      return match
    },
  }
}

export type Morning = Awaited<ReturnType<typeof createMorning>>

/** Waits for what the linker does in the background. */
export async function eventually(check: () => Promise<void>, ms = 5000): Promise<void> {
  const until = Date.now() + ms
  for (;;) {
    try {
      return await check()
    } catch (error) {
      if (Date.now() > until) throw error
      await new Promise(resolve => setTimeout(resolve, 20))
    }
  }
}
