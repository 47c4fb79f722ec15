import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { eventually } from '../support/race-morning.ts'
import { createWorld, type World } from '../support/world.ts'

const fixtures = join(import.meta.dirname, '..', 'fixtures', 'controller-files')
const boxes = [
  { location: 'Start', file: 'START1/5071909.csv', lines: 6669, fresh: 6668 },
  { location: '9K', file: '9K/5071949.csv', lines: 849, fresh: 849 },
  { location: 'Finish', file: 'FINISH3/05080711.csv', lines: 14367, fresh: 14367 },
]
const textOf = (file: string): string => readFileSync(join(fixtures, file), 'utf8')

let world: World
/** The morning of the race, going on as time does. */
const MORNING = Date.parse('2026-05-09T11:00:00Z')
const began = Date.now()
beforeEach(async () => {
  world = await createWorld({ people: 30, clock: () => MORNING + Date.now() - began })
})
afterEach(() => world.stop())

/** Everybody in, and a session on the race day that came with the events. */
async function ready() {
  const connection = await world.connect()
  await world.call().sync.manual({ connectionId: connection.id, wait: true })
  const [day] = (await world.call().raceDay.raceDays()).raceDays
  if (!day) throw new Error('no race day came with the events')
  const session = await world.call().timing.addSession({ sessionName: 'Harbor', raceDayId: day.id })
  return { connection, day, session }
}
const importBox = (sessionId: string, file: string, location: string, fileName = file) =>
  world.call().timing.import({ sessionId, location, fileName, text: textOf(file) })
const line = (n: number, chip: string, time: string, reader = '12000C') =>
  `TO~${n}~${chip}~160~18~${time}~${reader}~8~-63~1~P~1`
const wall = (hhmm: string): string => String(Date.parse(`2026-05-09T${hhmm}:00Z`) / 1000)

describe('controller files', () => {
  test('21,885 lines are 21,884 reads; again none; and START1 under another name and place none', async () => {
    const session = await world.call().timing.addSession({ sessionName: 'boxes', timezone: 'Europe/Berlin' })
    for (const { location, file, lines, fresh } of boxes) {
      expect(await importBox(session.id, file, location)).toMatchObject({
        lines,
        new: fresh,
        refusedCount: 0,
      })
    }
    for (const { location, file, lines } of boxes) {
      expect(await importBox(session.id, file, location)).toMatchObject({ lines, new: 0, redelivered: lines })
    }
    expect(
      await importBox(session.id, 'START1/5071909.csv', 'Somewhere else', 'copy of box.txt'),
    ).toMatchObject({ new: 0 })
  }, 30_000)

  test('reads of test chips are marked by the partner’s list, not by code', async () => {
    const session = await world.call().timing.addSession({ sessionName: 'boxes' })
    await importBox(session.id, '9K/5071949.csv', '9K')
    const reasonsOf = async () => {
      const { reads } = await world.call().timing.reads({ sessionId: session.id, limit: 1000 })
      return [...new Set(reads.filter(read => read.chip === '99997').map(read => read.reason))]
    }
    const isListed = async () =>
      (await world.call().timing.unlinked({ limit: 1000 })).groups.some(group => group.chip === '99997')
    expect(await reasonsOf()).toEqual(['unknown-chip'])
    expect(await isListed()).toBe(true)
    await world.call().timing.setTestChips({ chips: ['99997'] })
    await eventually(async () => expect(await reasonsOf()).toEqual(['test-chip']))
    expect(await isListed()).toBe(false)
    const listed = await world.call().timing.addTestChips({
      text: 'chip,kind,note\n99997,ignored,lead car\n0012;Pacer 4:00\n,test\n',
      kind: 'ignored',
    })
    expect(listed).toMatchObject({
      entries: [
        { chip: '12', kind: 'ignored', note: 'Pacer 4:00' },
        { chip: '99997', kind: 'ignored', note: 'lead car' },
      ],
      ...{ added: 1, changed: 1, refused: [{ line: 4, reason: 'no chip in the first column' }] },
    })
    await eventually(async () => expect(await reasonsOf()).toEqual(['ignored-chip']))
    // A list of chips alone keeps what was said of them.
    const kept = await world.call().timing.setTestChips({ chips: ['99997'] })
    expect(kept.entries).toEqual([{ chip: '99997', kind: 'ignored', note: 'lead car' }])
    await world.call().timing.removeTestChip({ chip: '099997' })
    await eventually(async () => expect(await reasonsOf()).toEqual(['unknown-chip']))
  })

  test('a file that is no controller file is refused whole, in words', async () => {
    const session = await world.call().timing.addSession({ sessionName: 'boxes' })
    await expect(
      world.call().timing.import({ sessionId: session.id, text: '<html>Log in</html>' }),
    ).rejects.toMatchObject({ code: 'input.invalid' })
    await expect(world.call().timing.import({ sessionId: session.id })).rejects.toMatchObject({
      code: 'input.invalid',
    })
  })

  test('a bad line among good ones is refused with its number, and the others are kept', async () => {
    const { session } = await ready()
    const text = [
      line(1, '5', wall('08:10')),
      'TO~2~oops',
      `${line(3, '6', wall('08:11'))}\u0000`,
      'x'.repeat(10_000_000),
      line(5, '7', wall('08:12')),
    ].join('\n')
    const answer = await world.call().timing.import({ sessionId: session.id, location: 'Finish', text })
    expect(answer.new).toBeGreaterThanOrEqual(2)
    expect(answer.refused.map(refused => refused.line)).toContain(2)
    expect(answer.refused.every(refused => refused.reason.length > 0 && refused.text.length <= 1000)).toBe(
      true,
    )
  })
})

describe('a read and its person', () => {
  test('meet by the bib, with race time from the gun and chip time from the own start', async () => {
    const { session, day } = await ready()
    const event = day.events[0]
    if (!event) throw new Error('no event')
    const gun = Date.parse('2026-05-09T12:00:00Z')
    await world.call().raceDay.updateRaceDay({
      id: day.id,
      starts: [{ eventId: event.id, correctedAt: gun, reason: 'stopwatch' }],
    })
    await world
      .call()
      .timing.import({ sessionId: session.id, location: 'Start', text: line(1, '0005', wall('08:01')) })
    await world.call().timing.import({
      sessionId: session.id,
      location: 'Finish',
      text: line(1, '5', wall('08:31'), '104484'),
    })
    const [match] = (await world.call().raceDay.lookup({ bib: '5' })).matches
    expect(match?.reads).toMatchObject([
      { location: 'Finish', raceTimeMs: 31 * 60_000, chipTimeMs: 30 * 60_000, route: 'bib' },
      { location: 'Start', raceTimeMs: 60_000, chipTimeMs: null },
    ])
    const counts = await world.call().raceDay.counts({ id: day.id })
    expect(counts).toMatchObject({ registered: 30, started: 1, finished: 1, stillOut: 0 })
  })

  test('meet by themselves when the person turns up later, and when a bib is changed', async () => {
    const { session, connection } = await ready()
    await world
      .call()
      .timing.import({ sessionId: session.id, location: 'Finish', text: line(1, '777', wall('08:31')) })
    expect((await world.call().timing.unlinked({})).groups).toMatchObject([
      { chip: '777', reason: 'unknown-chip' },
    ])
    world.registrations.edit(world.added[0]?.registrationId ?? 0, { bib: 777 })
    await world.call().sync.manual({ connectionId: connection.id, full: true, wait: true })
    await eventually(async () =>
      expect((await world.call().raceDay.lookup({ bib: '777' })).matches[0]?.reads).toHaveLength(1),
    )
    const [match] = (await world.call().raceDay.lookup({ bib: '777' })).matches
    await world.call().raceDay.decide({ id: match?.id ?? '', field: 'bib_number', value: '778' })
    await eventually(async () => expect((await world.call().timing.unlinked({})).reads).toBe(1))
    await world.call().raceDay.takeBack({ id: match?.id ?? '', field: 'bib_number' })
    await eventually(async () => expect((await world.call().timing.unlinked({})).reads).toBe(0))
  })

  test('meet through the supplier’s chip file', async () => {
    const { session, day } = await ready()
    await world
      .call()
      .timing.import({ sessionId: session.id, location: 'Finish', text: line(1, 'AB12', wall('08:31')) })
    await world.call().raceDay.bibChips({
      id: day.id,
      bibChips: [
        { chip: 'ab12', bib: '9' },
        { chip: 'AB13', bib: '9' },
      ],
    })
    await eventually(async () =>
      expect((await world.call().raceDay.lookup({ chip: 'AB12' })).matches[0]).toMatchObject({
        bibNumber: '9',
        bibChips: ['AB12', 'AB13'],
        reads: [{ route: 'bib-chip' }],
      }),
    )
  })

  test('are put together by the crew: one read, or a chip with all its reads, and taken apart again', async () => {
    const { session } = await ready()
    const text = [
      line(1, '881', wall('08:31')),
      line(2, '881', wall('08:41')),
      line(3, '882', wall('08:32')),
    ].join('\n')
    await world.call().timing.import({ sessionId: session.id, location: 'Finish', text })
    const person = (await world.call().raceDay.lookup({ bib: '12' })).matches[0]
    const [read] = (await world.call().timing.reads({ state: 'unlinked' })).reads.filter(
      other => other.chip === '882',
    )
    expect(
      await world
        .callAs('crew', 'Ann')
        .timing.assignRead({ id: read?.id ?? 0, participantId: person?.id ?? '' }),
    ).toMatchObject({
      state: 'linked',
      route: 'crew',
      name: [person?.firstName, person?.lastName].join(' '),
    })
    expect(
      await world
        .callAs('crew', 'Ann')
        .timing.assignChip({ chip: '881', sessionId: session.id, participantId: person?.id ?? '' }),
    ).toEqual({ linked: 2 })
    expect((await world.call().timing.unlinked({})).reads).toBe(0)
    await world.call().timing.takeBackAssignment({ id: read?.id ?? 0 })
    expect((await world.call().timing.unlinked({})).reads).toBe(1)
    expect(
      await world.callAs('crew', 'Ann').timing.takeBackChip({ chip: '0881', sessionId: session.id }),
    ).toEqual({ linked: 0 })
    expect((await world.call().timing.unlinked({})).reads).toBe(3)
    expect((await world.call().system.audit({})).entries.map(entry => entry.actor)).toContain('Ann')
  })

  test('of an id that does not exist are said to be none', async () => {
    const { session } = await ready()
    const nobody = '00000000-0000-4000-8000-000000000000'
    await expect(world.call().timing.assignRead({ id: 99, participantId: null })).rejects.toMatchObject({
      code: 'not-found',
    })
    await expect(
      world.call().timing.assignChip({ chip: '5', sessionId: session.id, participantId: nobody }),
    ).rejects.toMatchObject({ code: 'not-found' })
    await expect(world.call().raceDay.participant({ id: nobody })).rejects.toMatchObject({
      code: 'not-found',
    })
    await expect(world.call().connections.get({ id: nobody })).rejects.toMatchObject({ code: 'not-found' })
    await expect(world.call().sync.manual({ connectionId: nobody })).rejects.toMatchObject({
      code: 'not-found',
    })
    await expect(world.call().timing.reads({ sessionId: nobody })).rejects.toMatchObject({
      code: 'not-found',
    })
  })
})

describe('the help desk', () => {
  test('a walk-up is a participant like any other: found, linked, and sent to scoring', async () => {
    const { session, day, connection } = await ready()
    const eventId = day.events[0]?.id ?? ''
    await world
      .callAs('crew', 'Ann')
      .raceDay.addWalkUp({ eventId, firstName: 'Zoë', lastName: 'Müller-Ortiz', bibNumber: '900' })
    await world
      .call()
      .timing.import({ sessionId: session.id, location: 'Finish', text: line(1, '900', wall('08:31')) })
    expect((await world.call().raceDay.lookup({ q: 'muller' })).matches[0]).toMatchObject({
      bibNumber: '900',
      sourceProvider: 'by-hand',
      waitsForPush: true,
      reads: [{}],
    })
    const answer = await world.call().sync.manual({ connectionId: connection.id, wait: true })
    expect(answer.operation?.pushedRecords).toBe(1)
    expect(
      world.scoring
        .entriesOf({ raceId: String(world.scoredRace.race_id) })
        .some(entry => entry.entry_bib === '900'),
    ).toBe(true)
  })

  test('a bib of 40 characters, an emoji and a bib somebody else wears are taken; the desk is told of the two', async () => {
    await ready()
    const person = (await world.call().raceDay.lookup({ bib: '3' })).matches[0]
    const id = person?.id ?? ''
    for (const value of ['9'.repeat(40), '🏃 7']) {
      expect(await world.call().raceDay.decide({ id, field: 'bib_number', value })).toMatchObject({
        bibNumber: value,
      })
      expect((await world.call().raceDay.lookup({ bib: value })).matches).toHaveLength(1)
    }
    const doubled = await world.call().raceDay.decide({ id, field: 'bib_number', value: '4' })
    expect(doubled.sameBib).toHaveLength(1)
    // The latest decision of the crew comes first.
    expect((await world.call().raceDay.lookup({ bib: '4' })).matches.map(match => match.id)[0]).toBe(id)
  })

  test('check-in and DNF are kept beside what the source says, and a value that cannot be is refused', async () => {
    await ready()
    const id = (await world.call().raceDay.lookup({ bib: '3' })).matches[0]?.id ?? ''
    await world.call().raceDay.decide({ id, field: 'checked_in_at', value: 1000 })
    expect(await world.call().raceDay.decide({ id, field: 'race_status', value: 'dnf' })).toMatchObject({
      checkedInAt: 1000,
      raceStatus: 'dnf',
      registrationStatus: 'registered',
    })
    await expect(
      world.call().raceDay.decide({ id, field: 'race_status', value: 'tired' }),
    ).rejects.toMatchObject({ code: 'input.invalid' })
    await expect(world.call().raceDay.decide({ id, field: 'chips', value: 'AB12' })).rejects.toMatchObject({
      code: 'input.invalid',
    })
  })
})
