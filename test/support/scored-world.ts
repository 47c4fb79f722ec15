import { createTestClock, createWorld, type WorldOptions } from './world.ts'

const MINUTE = 60_000

/** A world whose people are registered, pushed, and timed by scoring over the whole course and a split. */
export async function createScoredWorld(options: Omit<WorldOptions, 'clock'> = {}) {
  const clock = createTestClock()
  const waits: number[] = []
  const wait = async (ms: number, signal: AbortSignal): Promise<void> => {
    signal.throwIfAborted()
    waits.push(ms)
  }
  const world = await createWorld({ ...options, clock, config: { wait, ...options.config } })
  const raceId = String(world.scoredRace.race_id)
  const { results } = world.scoring
  const intervalOf = (fields: Readonly<Record<string, string>>): string =>
    String(results.addInterval(raceId, fields).interval_id)
  const full = intervalOf({ interval_name: 'Full course', interval_is_full: '1' })
  const split = intervalOf({ interval_name: '2K', interval_is_full: '0' })
  const connection = await world.connect()
  await world.call().sync.manual({ connectionId: connection.id, wait: true })
  const [event] = (await world.call().results.events({})).events
  if (!event) throw new Error('no event with results')
  const of = { connectionId: connection.id, eventId: event.eventId }
  let byBib = new Map<string, string>()

  const entryOf = (bib: string): string => {
    const known = byBib.get(bib)
    if (known !== undefined) return known
    byBib = new Map(
      world.scoring.entriesOf({ raceId }).map(entry => [entry.entry_bib ?? '', entry.entry_id ?? '']),
    )
    const found = byBib.get(bib)
    if (found === undefined) throw new Error(`scoring has no bib ${bib}`)
    return found
  }
  return {
    world,
    clock,
    /** How long the app rested, each time it did. */
    waits,
    of,
    full,
    entryOf,
    /** Times are seconds; the chip's is four seconds less. */
    finish(bib: string, gunSeconds: number): void {
      const passing = { gunSeconds, chipSeconds: gunSeconds - 4, changedAt: clock() }
      results.set(full, entryOf(bib), passing)
      const early = { gunSeconds: gunSeconds / 2, chipSeconds: gunSeconds / 2 - 4, changedAt: clock() }
      results.set(split, entryOf(bib), early)
    },
    takeOut(bib: string): void {
      results.takeOut(full, entryOf(bib))
      results.takeOut(split, entryOf(bib))
    },
    pull: (full = false) => world.call().results.pull({ ...of, full, wait: true }),
    preview: async () => (await world.call().results.publish({ ...of, dryRun: true })).preview,
    publish: (more: { includeCorrections?: boolean; asOf?: number } = {}) =>
      world.call().results.publish({ ...of, wait: true, ...more }),
    list: async () => (await world.call().results.list({ ...of, limit: 1000 })).results,
    /** Long enough that what was pulled may be published. */
    rest: () => clock.advance(6 * MINUTE),
    /** What the registration provider holds, over all sets of the event. */
    held: () => world.resultSets.of(world.event.eventId).flatMap(set => set.results),
    told: () => world.resultSets.told,
  }
}

export type ScoredWorld = Awaited<ReturnType<typeof createScoredWorld>>
