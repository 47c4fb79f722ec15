import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { makePeople } from '../../src/rehearsal/people.ts'
import { createTestClock, createWorld, type World } from '../support/world.ts'

let world: World
afterEach(() => world.stop())

const PEOPLE = 20
const who = fc.nat(PEOPLE - 1)
const word = fc.stringMatching(/^[A-Z][a-z]{2,8}$/)
type Happening = typeof happening extends fc.Arbitrary<infer one> ? one : never
/** What may happen at registration between two syncs. */
const happening = fc.oneof(
  fc.record({ kind: fc.constant('renamed' as const), who, word }),
  fc.record({ kind: fc.constant('bib' as const), who, bib: fc.option(fc.integer({ min: 1, max: 60 })) }),
  fc.record({ kind: fc.constant('chip' as const), who, chip: fc.integer({ min: 1, max: 9 }) }),
  fc.record({ kind: fc.constant('registered' as const), bib: fc.option(fc.integer({ min: 1, max: 60 })) }),
  fc.record({ kind: fc.constant('removed' as const), who }),
  fc.record({ kind: fc.constant('transferred' as const), who, word }),
)

test('a sync twice is a sync once, whatever happened at registration before it', async () => {
  const clock = createTestClock()
  world = await createWorld({ people: PEOPLE, clock })
  const { registrations, event } = world
  const { id: connectionId } = await world.connect()
  const [newcomer] = makePeople({ seed: 99, year: 2026, bibs: ['900'] })
  if (newcomer === undefined) throw new Error('there is somebody')

  const happen = (one: Happening): void => {
    const active = registrations.active(event.eventId)
    if (one.kind === 'registered') {
      registrations.add(event.eventId, { person: newcomer, bib: one.bib })
      return
    }
    const whose = active[one.who % active.length]?.registrationId
    if (whose === undefined) return
    if (one.kind === 'renamed') registrations.edit(whose, { person: { lastName: one.word } })
    if (one.kind === 'bib') registrations.edit(whose, { bib: one.bib })
    if (one.kind === 'chip') registrations.edit(whose, { chip: String(one.chip) })
    if (one.kind === 'removed') registrations.remove(whose, 'removed')
    if (one.kind === 'transferred')
      registrations.transfer(whose, { person: { ...newcomer, lastName: one.word } })
  }
  const sync = async (full: boolean) => {
    clock.advance(60_000)
    const { operation } = await world.call().sync.manual({ connectionId, full, wait: true })
    if (operation?.status !== 'needs-a-look') return operation
    return world.call().sync.goOn({ id: operation.id, wait: true })
  }
  const here = () => {
    const all = (sql: string) => world.store().read.all(sql)
    return {
      people:
        all(`SELECT id, bib_number, bib_retained, first_name, last_name, chips, registration_status, successor_id,
        hash_key, source_version, updated_at FROM normalized_participants ORDER BY id`),
      everyoneSees: all('SELECT * FROM effective_participants ORDER BY participant_id'),
      chips: all('SELECT * FROM participant_chips ORDER BY chip, participant_id'),
      entries: world.scoring.entriesOf({ raceId: String(world.scoredRace.race_id) }),
    }
  }
  const written = () => world.ctlive.calls.filter(({ method }) => method !== 'GET').length

  await fc.assert(
    fc.asyncProperty(fc.array(happening, { maxLength: 4 }), fc.boolean(), async (happenings, full) => {
      for (const one of happenings) happen(one)
      expect((await sync(full))?.status).toBe('completed')
      const once = here()
      const sent = written()
      for (const again of [false, true]) {
        const operation = await sync(again)
        expect(operation).toMatchObject({ status: 'completed', addedRecords: 0, changedRecords: 0 })
        expect(operation).toMatchObject({ goneRecords: 0, pushedRecords: 0 })
        expect(here()).toEqual(once)
      }
      expect(written()).toBe(sent)
    }),
    { numRuns: 25 },
  )
  // Not because nothing ever went there.
  expect(written()).toBeGreaterThan(PEOPLE)
}, 120_000)
