import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createDoubtful } from '../../src/app/counting/doubtful.ts'
import { questionablePeople } from '../../src/app/counting/questionable.ts'
import { createRaceTally, type RaceTally } from '../../src/app/counting/race-tally.ts'
import { type ChipPass, questionsOf } from '../../src/core/plausible.ts'
import { setCoursePoint } from '../../src/store/course-points.ts'
import { createCourses } from '../../src/store/courses.ts'
import { decide, takeBack } from '../../src/store/decisions.ts'
import { createGuns, startWindow } from '../../src/store/guns.ts'
import { assignChip, assignRead, createSession, updateSession } from '../../src/store/links.ts'
import { ensureLocation, updateLocation } from '../../src/store/locations.ts'
import { setReaderOffset, takeBackOffset } from '../../src/store/offsets.ts'
import type { Reader } from '../../src/store/reader.ts'
import { type JournalRead, journal } from '../../src/store/reads.ts'
import { changeStart, gunByHand, setStartWindow, takeBackStart } from '../../src/store/starts.ts'
import type { Writer } from '../../src/store/writer.ts'
import { createLinker, type Linker } from '../../src/timing/linker.ts'
import {
  CHICAGO,
  NOON,
  putEvent,
  putPerson,
  putRace,
  putRaceDay,
  quiet,
  type TestStore,
  testStore,
} from '../timing/race.ts'

const PEOPLE = ['ann', 'bo', 'cy', 'di', 'ed', 'fay']
const EVENTS = ['10K', '5K']
const PLACES = ['Start', '5K mat', 'Finish', 'Finish 2', 'Cafe']

let stage: TestStore
let linker: Linker
let sessions: readonly [string, string]

const open = (): void => {
  stage = testStore()
  linker = createLinker({ store: stage.store, log: quiet })
  const first = putRace(stage.store, [])
  const second = stage.store.write(writer => {
    putEvent(writer, '5K', '2021-05-08')
    putEvent(writer, 'other', '2021-05-08')
    putRaceDay(writer, 'day', '2021-05-08', EVENTS)
    putRaceDay(writer, 'other day', '2021-05-08', ['other'])
    for (const [n, id] of PEOPLE.entries())
      putPerson(writer, { id, bib: String(n + 1), event: EVENTS[n % 2] ?? '' })
    return createSession(writer, { name: 'Second', timezone: CHICAGO, raceDayId: 'day' })
  })
  sessions = [first, second]
}
const close = async (): Promise<void> => {
  await linker.stop()
  stage.close()
}
beforeEach(open)
afterEach(close)

let reads = 0
const chipRead = (place: string, chip: number, second: number): JournalRead => ({
  ...{ kind: 'chip', identity: `r|${++reads}`, source: 'test', device: `box ${place}`, streamId: null },
  ...{ streamLocation: place, sequence: null, chip: String(chip), bibNumber: null },
  ...{ readAt: NOON + second * 1000, rawTime: null, timeProblem: null, antenna: null, rssi: null },
  ...{ lap: null, raw: '' },
})

/** What happens on a race day; `linked`: the linker gets to the end of it before anybody asks. */
interface Step {
  readonly what: string
  readonly linked: boolean
  do(writer: Writer): unknown
}

const step = <T>(what: string, of: fc.Arbitrary<T>, work: (writer: Writer, of: T) => unknown) =>
  fc.record({ of, linked: fc.boolean() }).map(
    (drawn): Step => ({
      what: `${what} ${JSON.stringify(drawn)}`,
      linked: drawn.linked,
      do: writer => work(writer, drawn.of),
    }),
  )

const oneOf = <const T>(...values: readonly T[]) => fc.constantFrom(...values)
const person = oneOf(...PEOPLE)
const place = oneOf(...PLACES)
const second = fc.integer({ min: -1500, max: 4000 })
const whichSession = oneOf(0 as const, 1 as const)
const chip = fc.integer({ min: 1, max: PEOPLE.length + 2 })
const anyRead = fc.nat()

const readNo = (writer: Writer, n: number): number | null => {
  const ids = writer.all<{ id: number }>(`SELECT id FROM timing_reads WHERE kind = 'chip'`)
  return ids[n % Math.max(1, ids.length)]?.id ?? null
}

const anyReads = step(
  'reads',
  fc.record({
    session: whichSession,
    some: fc.array(fc.record({ place, chip, second }), { minLength: 1, maxLength: 12 }),
  }),
  (writer, { session, some }) =>
    journal(
      writer,
      sessions[session],
      some.map(one => chipRead(one.place, one.chip, one.second)),
      NOON,
    ),
)

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: anyReads },
  step('bib', fc.record({ person, bib: fc.option(chip.map(String)) }), (writer, of) =>
    decide(writer, of.person, 'bib_number', of.bib, null),
  ),
  step('status', fc.record({ person, status: oneOf('dnf', 'dns', 'dq', 'none') }), (writer, of) =>
    decide(writer, of.person, 'race_status', of.status, null),
  ),
  step('wave', fc.record({ person, wave: oneOf('A', 'B', null) }), (writer, of) =>
    decide(writer, of.person, 'wave', of.wave, null),
  ),
  step('name', fc.record({ person, name: oneOf('Ann', 'Zoe', 'Émile') }), (writer, of) =>
    decide(writer, of.person, 'first_name', of.name, null),
  ),
  step(
    'undo',
    fc.record({ person, field: oneOf('bib_number', 'race_status', 'wave', 'first_name') }),
    (writer, of) => takeBack(writer, of.person, of.field),
  ),
  step('person', fc.record({ person, event: oneOf(...EVENTS, 'other'), bib: chip }), (writer, of) =>
    putPerson(writer, { id: of.person, event: of.event, bib: String(of.bib) }),
  ),
  step('read', fc.record({ anyRead, whose: oneOf(...PEOPLE, 'stranger', null, undefined) }), (writer, of) => {
    const id = readNo(writer, of.anyRead)
    if (id !== null) assignRead(writer, id, of.whose, null)
  }),
  step('stranger', fc.constant(null), writer => putPerson(writer, { id: 'stranger', event: '5K' })),
  step('stranger forgotten', fc.constant(null), writer => {
    writer.run(`DELETE FROM effective_participants WHERE participant_id = 'stranger'`)
    writer.touched('effective_participants')
  }),
  step('chip', fc.record({ chip, whose: oneOf(...PEOPLE, null, undefined), second }), (writer, of) =>
    assignChip(writer, {
      ...{ raceDayId: 'day', chip: String(of.chip), participantId: of.whose },
      ...{ fromAt: NOON + of.second * 1000, reason: null },
    }),
  ),
  step(
    'offset',
    fc.record({ session: whichSession, place, ms: oneOf(null, 0, 60_000, -900_000) }),
    (writer, of) => {
      const decision = { sessionId: sessions[of.session], device: `box ${of.place}` }
      if (of.ms !== null) return setReaderOffset(writer, { ...decision, offsetMs: of.ms, reason: null })
      const sql = 'SELECT id FROM reader_offsets WHERE session_id = ? AND device = ? AND removed = 0'
      const before = writer.get<{ id: string }>(sql, decision.sessionId, decision.device)
      return before && takeBackOffset(writer, before.id, null)
    },
  ),
  step(
    'gun',
    fc.record({ event: oneOf(...EVENTS), wave: oneOf('', 'A'), second: fc.option(second) }),
    (writer, of) =>
      of.second === null
        ? takeBackStart(writer, of.event, of.wave)
        : changeStart(writer, { eventId: of.event, wave: of.wave, correctedAt: NOON + of.second * 1000 }),
  ),
  step('plan and gun read', fc.record({ event: oneOf(...EVENTS), second }), (writer, of) => {
    changeStart(writer, { eventId: of.event, wave: '', plannedAt: NOON })
    journal(
      writer,
      sessions[0],
      [gunByHand({ id: `${of.second}`, at: NOON + of.second * 1000, by: 'Ann' })],
      NOON,
    )
  }),
  step('start window', oneOf(0, 60_000, 600_000), (writer, ms) => setStartWindow(writer, ms)),
  step(
    'laps',
    fc.record({ event: oneOf(...EVENTS), place, laps: oneOf(0, 1, 2), km: oneOf(null, 2, 5) }),
    (writer, of) =>
      setCoursePoint(writer, {
        ...{ raceDayId: 'day', normalizedEventId: of.event, locationName: of.place },
        ...{ laps: of.laps, distanceKm: of.km },
      }),
  ),
  step(
    'location',
    fc.record({
      ...{ session: whichSession, place, kind: oneOf(undefined, 'split', 'finish', 'other') },
      ...{
        duplicateWindowMs: oneOf(undefined, 0, 30_000, 600_000),
        counts: oneOf(undefined, 'first', 'last'),
      },
    }),
    (writer, of) => {
      const { kind, duplicateWindowMs, counts } = of
      const id = ensureLocation(writer, sessions[of.session], of.place)
      updateLocation(writer, { id, kind, duplicateWindowMs, counts, distanceKm: 5, courseOrder: 2 })
    },
  ),
  step('session', oneOf('day', 'other day', null), (writer, raceDayId) =>
    updateSession(writer, { id: sessions[1], raceDayId }),
  ),
)

const inOrder = ({ finishes, out, ...tally }: RaceTally) => ({
  ...tally,
  finishes: finishes.toSorted((a, b) => a - b),
  out: out.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
})

/** Everybody of a race day of whom there is a question, each looked at by themselves. */
function everyQuestion(reader: Reader, raceDayId: string) {
  const courses = createCourses(reader)
  const gunOf = createGuns(reader)
  const window = startWindow(reader)
  const people = reader.all<{ id: string; eventId: string; wave: string | null }>(
    `SELECT participant_id AS id, normalized_event_id AS eventId, wave FROM effective_participants
     WHERE normalized_event_id IN (SELECT normalized_event_id FROM race_day_events WHERE race_day_id = ?)
     ORDER BY normalized_event_id, name_folded, participant_id`,
    raceDayId,
  )
  return people.flatMap(({ id, eventId, wave }) => {
    const own = reader.all<ChipPass>(
      `SELECT l.read_id AS id, t.location_name AS location, t.kind, l.at, r.chip FROM read_links l
       JOIN timing_sessions s ON s.id = l.session_id AND s.race_day_id = ?
       JOIN timing_locations t ON t.id = l.location_id JOIN timing_reads r ON r.id = l.read_id
       WHERE l.participant_id = ? AND l.state = 'linked' AND l.at IS NOT NULL`,
      raceDayId,
      id,
    )
    const gun = gunOf(eventId, wave)
    const asked = questionsOf(own, courses(eventId), gun, gun === null ? null : gun - window)
    return asked.length === 0 ? [] : [{ id, kinds: asked.map(({ kind, readIds }) => [kind, [...readIds]]) }]
  })
}

describe('a race day that is asked about again and again', () => {
  test('is counted as if it were counted anew, whatever happens in between', {
    timeout: 120_000,
  }, async () => {
    const steps = fc.array(anyStep, { minLength: 5, maxLength: 20 })
    let questions = 0
    let finished = 0
    await fc.assert(
      fc
        .asyncProperty(steps, async happening => {
          const { read } = stage.store
          const tally = createRaceTally(read)
          const doubtful = createDoubtful(read)
          for (const each of happening) {
            stage.store.write(writer => each.do(writer))
            if (each.linked) linker.linkNow()
            else linker.linkSome()
            const found = inOrder(await tally('day'))
            expect(found).toEqual(inOrder(await createRaceTally(read)('day')))
            finished += found.finished
            const asked = {
              raceDayId: 'day',
              eventId: undefined,
              kind: undefined,
              after: undefined,
              limit: 50,
            }
            const { people } = await questionablePeople(read, doubtful, asked)
            expect(
              people.map(one => ({
                id: one.participantId,
                kinds: one.questions.map(({ kind, readIds }) => [kind, readIds]),
              })),
            ).toEqual(everyQuestion(read, 'day'))
            questions += people.length
          }
        })
        .beforeEach(async () => {
          await close()
          open()
        }),
      { numRuns: 20 },
    )
    expect(questions).toBeGreaterThan(20)
    expect(finished).toBeGreaterThan(20)
  })

  test('counts nobody any more whom nobody knows', async () => {
    const { store } = stage
    const tally = createRaceTally(store.read)
    store.write(writer => {
      putPerson(writer, { id: 'stranger', event: '5K' })
      journal(writer, sessions[0], [chipRead('Start', 77, 0)], NOON)
    })
    linker.linkNow()
    store.write(writer => assignRead(writer, readNo(writer, 0) ?? 0, 'stranger', null))
    linker.linkNow()
    expect((await tally('day')).out).toMatchObject([{ id: 'stranger' }])
    store.write(writer => {
      writer.run(`DELETE FROM effective_participants WHERE participant_id = 'stranger'`)
      writer.touched('effective_participants')
    })
    expect((await tally('day')).out).toEqual([])
  })

  test('looks only at the reads of whoever was read or changed since', async () => {
    const { store } = stage
    const passed = (place: string, chips: readonly number[], from: number) =>
      store.write(writer =>
        journal(
          writer,
          sessions[0],
          chips.map(one => chipRead(place, one, from + one)),
          NOON,
        ),
      )
    passed('Start', [1, 2, 3, 4, 5, 6], 0)
    passed('Finish', [1, 2], 1800)
    linker.linkNow()
    const looked: (readonly unknown[])[] = []
    const read: Reader = {
      ...store.read,
      all: (sql, ...values) => {
        if (sql.includes('read_links') && sql.includes('location_id')) looked.push(values)
        return store.read.all(sql, ...values)
      },
    }
    const tally = createRaceTally(read)
    const doubtful = createDoubtful(read)
    await tally('day')
    await doubtful('day')
    expect(looked.length).toBeGreaterThan(0)

    looked.length = 0
    await tally('day')
    await doubtful('day')
    expect(looked).toEqual([])

    passed('Finish', [3], 1800)
    store.write(writer => decide(writer, 'bo', 'bib_number', '99', null))
    linker.linkNow()
    expect(await tally('day')).toMatchObject({ started: 5, finished: 2 })
    await doubtful('day')
    expect(looked.map(([ids]) => JSON.parse(String(ids)).toSorted())).toEqual([
      ['bo', 'cy'],
      ['bo', 'cy'],
    ])
  })
})
