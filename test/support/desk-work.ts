import { MOVED_BOX, movedBoxFile } from '../../src/rehearsal/big-race/boxes.ts'
import { BOX_LEAVES, FINISH_BACKUP, START_C } from '../../src/rehearsal/big-race/course.ts'
import type { Runner } from '../../src/rehearsal/big-race/runners.ts'
import { createRandom, shuffle } from '../../src/rehearsal/random.ts'
import type { RaceOffice } from './race-office.ts'

export type Step = () => Promise<unknown>

/** What the desk puts right that day, in an order of chance: while the race runs, and when the boxes are in. */
export interface DeskWork {
  readonly during: readonly Step[]
  readonly after: readonly Step[]
}

/** The gun that no reader noted was pressed at the laptop so much too late. */
const PRESSED_LATE_MS = 700

export function deskWork(office: RaceOffice, seed: number): DeskWork {
  const { race, call, day, enrolled, eventIdOf } = office
  const { runners, exchanged } = race.starters
  const random = createRandom(seed)
  const entered = new Map<Runner, string>()

  async function idOf(runner: Runner): Promise<string> {
    const walkUp = entered.get(runner)
    if (walkUp !== undefined) return walkUp
    return registrationIdOf(runner)
  }
  const known = new Map<string, string>()
  async function registrationIdOf(runner: Runner): Promise<string> {
    const key = String(enrolled.registrationOf.get(runner)?.registrationId)
    if (!known.has(key))
      for (const person of await office.people()) known.set(person.sourceParticipantId, person.id)
    const id = known.get(key)
    if (id === undefined) throw new Error(`registration ${key} is not there`)
    return id
  }

  const corrections: readonly Step[] = runners
    .filter(({ registeredBib, wornBib }) => registeredBib !== null && registeredBib !== wornBib)
    .map(runner => async () => {
      const value = String(runner.wornBib)
      await call.raceDay.decide({ id: await idOf(runner), field: 'bib_number', value, reason: 'table' })
    })
  const swaps: readonly Step[] = exchanged.map(([one, other]) => async () => {
    await call.desk.swapChips({ id: await idOf(one), withId: await idOf(other), reason: 'tags exchanged' })
  })
  const walkUps: readonly Step[] = runners
    .filter(({ walkUp }) => walkUp !== 'no')
    .map(runner => async () => {
      const { firstName, lastName, dob } = runner.person
      const { id } = await call.raceDay.addWalkUp({
        ...{ eventId: eventIdOf(runner), firstName, lastName, bibNumber: String(runner.wornBib) },
        ...(dob === null ? {} : { dateOfBirth: dob }),
      })
      entered.set(runner, id)
      if (runner.wave) await call.raceDay.decide({ id, field: 'wave', value: runner.wave.name })
    })
  const joins: readonly Step[] = runners
    .filter(({ walkUp }) => walkUp === 'registers')
    .map(runner => async () => {
      const walkUpId = await idOf(runner)
      await call.desk.joinWalkUp({ id: walkUpId, withId: await registrationIdOf(runner) })
    })
  const waves = race.courses.flatMap(course => course.waves.map(wave => ({ course, wave })))
  const startOf = ({ course, wave }: (typeof waves)[number]) => ({
    ...{ id: day.id, eventId: eventIdOf({ course }), wave: wave.name },
  })
  const plans: readonly Step[] = waves.map(each => async () => {
    await call.starts.decide({ ...startOf(each), plannedAt: each.wave.plannedAt })
  })
  const unheard = waves.filter(({ wave }) => !wave.heard)
  const presses: readonly Step[] = unheard.map(each => async () => {
    // Entered within the hour that a late press may be late.
    const at = each.wave.gunAt + PRESSED_LATE_MS
    const now = office.clock()
    office.clock.set(Math.min(Math.max(now, at), at + 3_600_000))
    const { wave: name, eventId } = startOf(each)
    await call.starts.gunNow({ id: day.id, agoMs: office.clock() - at, start: { eventId, wave: name } })
    office.clock.set(Math.max(now, office.clock()))
  })
  const stopwatch: readonly Step[] = unheard.map(each => async () => {
    await call.starts.decide({ ...startOf(each), correctedAt: each.wave.gunAt, reason: 'stopwatch' })
  })
  const chipFiles = race.chipFiles.map(text => () => call.desk.importChipFile({ id: day.id, text }))
  const [supplier = async () => {}, lateSupplier = async () => {}] = chipFiles

  const sessionId = office.session.id
  const download = (until: number, location: string, fileName: string): Step => {
    return () => call.timing.import({ sessionId, location, fileName, text: movedBoxFile(race, until) })
  }
  const minute = (of: number): number => race.midnight + of * 60_000
  /** Where the box stood: said after somebody wondered about finishers before the start. */
  const placeBox: Step = async () => {
    const leftAt = minute(BOX_LEAVES)
    for (const [locationName, fromAt, toAt] of [
      [START_C, null, leftAt],
      [FINISH_BACKUP, leftAt, null],
    ] as const) {
      const { locations } = await call.places.list({ id: sessionId })
      const known = locations.find(location => location.locationName === locationName)
      const { id: locationId } = known ?? (await call.course.addLocation({ sessionId, locationName }))
      await call.places.place({ id: sessionId, device: MOVED_BOX, locationId, fromAt, toAt })
    }
  }

  const some = <T>(list: readonly T[], part: number): [readonly T[], readonly T[]] => {
    const cut = Math.round(list.length * part)
    return [list.slice(0, cut), list.slice(cut)]
  }
  const [correctedSoon, correctedLate] = some(shuffle(random, corrections), 0.6)
  const [swappedSoon, swappedLate] = some(shuffle(random, swaps), 0.6)
  const mornings = shuffle(random, [...correctedSoon, ...swappedSoon, ...walkUps, ...plans, lateSupplier])
  const register: Step = async () => {
    enrolled.addLate()
    await office.sync()
    known.clear()
  }
  return {
    during: [
      () => call.timing.setTestChips({ chips: [...race.testChips] }),
      supplier,
      ...mornings.slice(0, mornings.length >> 2),
      // Some of what it holds: the last waves still start.
      download(minute(BOX_LEAVES - 20), START_C, '05090820.csv'),
      ...mornings.slice(mornings.length >> 2),
      ...presses,
      register,
    ],
    after: [
      ...shuffle(random, [
        ...correctedLate,
        ...swappedLate,
        ...joins,
        ...stopwatch,
        download(Number.POSITIVE_INFINITY, FINISH_BACKUP, 'finish backup (2).csv'),
        placeBox,
      ]),
    ],
  }
}
