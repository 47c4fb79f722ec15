import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { setBibChips } from '../../src/store/bib-chips.ts'
import { assignChip, assignRead, createSession, updateSession } from '../../src/store/links.ts'
import { ensureLocation, setLocationRule, updateLocation } from '../../src/store/locations.ts'
import { setReaderOffset } from '../../src/store/offsets.ts'
import { type JournalRead, journal, manualRead, readsPage } from '../../src/store/reads.ts'
import type { Store } from '../../src/store/store.ts'
import { unlinkedGroups } from '../../src/store/unlinked.ts'
import { createLinker, type Linker } from '../../src/timing/linker.ts'
import { controllerFile } from '../../src/timing/protocols/controller-file.ts'
import {
  CHICAGO,
  links,
  NOON,
  putEvent,
  putPerson,
  putRace,
  putRaceDay,
  quiet,
  type TestStore,
  testStore,
} from './race.ts'

let opened: TestStore
let store: Store
let linker: Linker
let session: string

beforeEach(() => {
  opened = testStore()
  store = opened.store
  linker = createLinker({ store, log: quiet })
  session = putRace(store, [])
})
afterEach(async () => {
  await linker.stop()
  opened.close()
})

interface Passing {
  readonly chip: string
  /** Seconds after noon. */
  readonly at: number
  readonly location?: string | null
  readonly device?: string
  readonly antenna?: number
}

function chipRead({ chip, at, location = 'finish', device = '12000C', antenna = 1 }: Passing): JournalRead {
  const seconds = (Date.UTC(2021, 4, 8, 12) + at * 1000) / 1000
  const line = `TO~1~${chip}~160~18~${seconds.toFixed(2)}~${device}~${antenna}~-63~1~P`
  const reading = controllerFile.read(line, { timezone: CHICAGO, date: '2021-05-08' }, location)
  if (reading.kind === 'refused') throw new Error(reading.reason)
  return reading.read
}

const keep = (passings: readonly Passing[], into = session) =>
  store.write(writer => journal(writer, into, passings.map(chipRead), NOON)).added
const said = () => links(store).map(link => [link.chip, link.participant ?? link.reason, link.state])
const person = (id: string, bib: string | null, more = {}) =>
  store.write(writer => putPerson(writer, { id, bib, ...more }))

describe('a link appears by itself', () => {
  test('when the person comes later, goes, or gets another bib', () => {
    keep([{ chip: '214', at: 0 }])
    linker.linkNow()
    expect(said()).toEqual([['214', 'unknown-chip', 'unlinked']])
    person('ann', '214')
    linker.linkNow()
    expect(said()).toEqual([['214', 'ann', 'linked']])
    person('ann', '215')
    linker.linkNow()
    expect(said()).toEqual([['214', 'unknown-chip', 'unlinked']])
    person('ann', '214', { status: 'gone' })
    person('bo', '214')
    linker.linkNow()
    expect(said()).toEqual([['214', 'bo', 'linked']])
  })

  test('when the chip list, an own chip or an assignment comes later', () => {
    keep([
      { chip: 'KV8658', at: 0 },
      { chip: '009573', at: 100 },
    ])
    person('ann', '7')
    linker.linkNow()
    store.write(writer =>
      setBibChips(writer, 'day', [
        { chip: 'kv8658', bib: '7' },
        { chip: '9573', bib: '8' },
      ]),
    )
    linker.linkNow()
    expect(said()).toEqual([
      ['KV8658', 'ann', 'linked'],
      ['9573', 'unknown-bib', 'unlinked'],
    ])
    person('bo', '8')
    linker.linkNow()
    expect(said()[1]).toEqual(['9573', 'bo', 'linked'])
    store.write(writer =>
      assignChip(writer, {
        raceDayId: 'day',
        chip: 'KV8658',
        participantId: 'bo',
        fromAt: NOON,
        reason: 'swap',
      }),
    )
    linker.linkNow()
    expect(said()[0]).toEqual(['KV8658', 'bo', 'linked'])
    person('cy', null, { chips: ['9573'] })
    linker.linkNow()
    expect(said()[1]).toEqual(['9573', 'cy', 'linked'])
  })

  test('to whom somebody has become', () => {
    person('ann', '214', { status: 'transferred', successorId: 'bo' })
    person('bo', null)
    keep([{ chip: '214', at: 0 }])
    linker.linkNow()
    expect(said()).toEqual([['214', 'bo', 'linked']])
  })

  test('while it runs, without anybody asking', async () => {
    await linker.start()
    keep([{ chip: '214', at: 0 }])
    await vi.waitFor(() => expect(said()).toEqual([['214', 'unknown-chip', 'unlinked']]))
    person('ann', '214')
    await vi.waitFor(() => expect(said()).toEqual([['214', 'ann', 'linked']]))
  })

  test('while they pour in, every one of them', async () => {
    person('ann', '214')
    await linker.start()
    const pour = (from: number, reads: number): void => {
      keep(Array.from({ length: reads }, (_, n) => ({ chip: '214', at: 100 * (from + n) })))
    }
    const linked = (): unknown => store.read.get('SELECT COUNT(*) AS n FROM read_links')
    pour(0, 500)
    await vi.waitFor(() => expect(linked()).toEqual({ n: 500 }))
    // These come while more are waited for, and nothing comes after them.
    pour(500, 30)
    pour(530, 1)
    await vi.waitFor(() => expect(linked()).toEqual({ n: 531 }))
    await linker.stop()
  })

  test('after a crash between journal and link', () => {
    person('ann', '214')
    keep([{ chip: '214', at: 0 }])
    linker.linkNow()
    keep([{ chip: '214', at: 100 }])
    const next = createLinker({ store, log: quiet })
    next.linkNow()
    expect(said()).toHaveLength(2)
    return next.stop()
  })

  test('a bib with leading zeros is worn by itself first', () => {
    person('seven', '007')
    keep([{ chip: '7', at: 0 }])
    linker.linkNow()
    expect(said()).toEqual([['7', 'seven', 'linked']])
    person('plain', '7')
    linker.linkNow()
    expect(said()).toEqual([['7', 'plain', 'linked']])
  })
})

describe('the crew', () => {
  test('says whose a read is, and it stays so', () => {
    person('ann', '214')
    person('bo', '215')
    const [id = 0] = keep([{ chip: '214', at: 0 }])
    linker.linkNow()
    store.write(writer => assignRead(writer, id, 'bo', 'swapped bibs'))
    linker.linkNow()
    expect(links(store)[0]).toMatchObject({ participant: 'bo', route: 'crew' })
    person('ann', '214', { bibDecidedAt: NOON })
    store.write(writer => writer.staleLink(`session|${session}`))
    linker.linkNow()
    expect(links(store)[0]?.participant).toBe('bo')
    store.write(writer => assignRead(writer, id, null, 'a marshal'))
    linker.linkNow()
    expect(links(store)[0]).toMatchObject({ participant: null, reason: 'unknown-chip', route: 'crew' })
    expect(unlinkedGroups(store.read, session)).toEqual([])
    store.write(writer => assignRead(writer, id, undefined, null))
    linker.linkNow()
    expect(links(store)[0]).toMatchObject({ participant: 'ann', route: 'bib' })
    expect(() => store.write(writer => assignRead(writer, 999, null, null))).toThrow('no read 999')
  })

  test('says where a box stood; a moved box makes no ghost finishers', () => {
    person('ann', '214')
    keep([
      { chip: '214', at: 0, location: 'start' },
      { chip: '214', at: 3600, location: 'start' },
    ])
    store.write(writer => {
      const finish = ensureLocation(writer, session, 'finish')
      const rule = {
        sessionId: session,
        device: '12000C',
        fromAt: NOON + 1_800_000,
        toAt: null,
        locationId: finish,
      }
      setLocationRule(writer, rule)
    })
    linker.linkNow()
    const page = () =>
      readsPage(store.read, { sessionId: session, state: null, after: null, limit: 9 }).map(
        row => row.locationName,
      )
    expect(page()).toEqual(['finish', 'start'])
    store.write(writer =>
      setReaderOffset(writer, {
        sessionId: session,
        device: '12000C',
        offsetMs: -2_000_000,
        reason: 'clock',
      }),
    )
    linker.linkNow()
    expect(page()).toEqual(['start', 'start'])
  })

  test('changes a window and a race day', () => {
    person('ann', '214')
    keep([
      { chip: '214', at: 0 },
      { chip: '214', at: 10 },
    ])
    linker.linkNow()
    expect(said().map(([, , state]) => state)).toEqual(['linked', 'duplicate'])
    const id = store.write(writer => ensureLocation(writer, session, 'finish'))
    store.write(writer => updateLocation(writer, { id, duplicateWindowMs: 5000 }))
    linker.linkNow()
    expect(said().map(([, , state]) => state)).toEqual(['linked', 'linked'])
    store.write(writer => {
      putRaceDay(writer, 'other', '2021-05-09', [])
      updateSession(writer, { id: session, raceDayId: 'other' })
    })
    linker.linkNow()
    expect(said()[0]).toEqual(['214', 'unknown-chip', 'unlinked'])
  })

  test('keys a read by hand, which yields to the chip’s and waits for its bib', () => {
    const manual = manualRead({ id: 'm1', bib: '214', at: NOON, location: 'finish', by: 'crew' })
    store.write(writer => journal(writer, session, [manual, manual], NOON))
    linker.linkNow()
    expect(said()).toEqual([['214', 'unknown-bib', 'unlinked']])
    person('ann', '214')
    linker.linkNow()
    expect(said()).toEqual([['214', 'ann', 'linked']])
    keep([{ chip: '214', at: 3 }])
    linker.linkNow()
    expect(said()).toEqual([
      ['214', 'ann', 'duplicate'],
      ['214', 'ann', 'linked'],
    ])
  })
})

test('a session of no race day means the day’s events', () => {
  const of = (read: Passing) => {
    keep([read], loose)
    linker.linkNow()
    return said().at(-1)?.[1]
  }
  const loose = store.write(writer => createSession(writer, { name: 'Loose', timezone: CHICAGO }))
  person('ann', '214')
  expect(of({ chip: '214', at: 0 })).toBe('ann')
  store.write(writer => {
    putEvent(writer, 'Half', '2021-05-09')
    putRaceDay(writer, 'sunday', '2021-05-09', ['Half'])
    putPerson(writer, { id: 'bo', bib: '214', event: 'Half' })
  })
  expect(of({ chip: '214', at: 60 })).toBe('ann')
  expect(of({ chip: '214', at: 86_400 })).toBe('bo')
})

test('many stale keys and long sessions are worked on in pieces', () => {
  keep(Array.from({ length: 1500 }, (_, at) => ({ chip: '214', at: at * 7 })))
  linker.linkNow()
  store.write(writer => {
    for (let bib = 0; bib < 500; bib++) putPerson(writer, { id: `p${bib}`, bib: String(bib) })
  })
  linker.linkNow()
  expect(new Set(said().map(([, who]) => who))).toEqual(new Set(['p214']))
  // A window of 30 s and a read every 7 s: one of five counts.
  expect(said().filter(([, , state]) => state === 'linked')).toHaveLength(300)
  store.write(writer => writer.staleLink(`session|${session}`))
  linker.linkNow()
  expect(said().filter(([, , state]) => state === 'linked')).toHaveLength(300)
  expect(store.read.all('SELECT key FROM stale_links')).toEqual([])
})

test('arrival order and the cut into batches do not matter', () => {
  const passing = fc.record({
    chip: fc.constantFrom('1', '2', '3'),
    at: fc.integer({ min: 0, max: 100 }),
    location: fc.constantFrom('start', 'finish'),
    antenna: fc.integer({ min: 1, max: 2 }),
  })
  const outcome = (passings: readonly Passing[], sizes: readonly number[]): unknown => {
    const into = store.write(writer =>
      createSession(writer, { name: 'One', timezone: CHICAGO, raceDayId: 'day' }),
    )
    const left = [...passings]
    for (const size of [...sizes, left.length]) {
      if (left.length === 0) break
      keep(left.splice(0, size), into)
      linker.linkNow()
    }
    return store.read.all(
      `SELECT r.identity, l.state, l.participant_id, d.identity AS duplicate_of FROM timing_reads r
       JOIN read_links l ON l.read_id = r.id LEFT JOIN timing_reads d ON d.id = l.duplicate_of
       WHERE r.session_id = ? ORDER BY r.identity`,
      into,
    )
  }
  person('ann', '1')
  person('bo', '2')
  const once = fc.uniqueArray(passing, {
    selector: one => `${one.chip}|${one.at}|${one.antenna}`,
    maxLength: 25,
  })
  fc.assert(
    fc.property(
      once.chain(list => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
      fc.array(fc.integer({ min: 1, max: 8 }), { maxLength: 6 }),
      ([list, shuffled], sizes) => {
        expect(outcome(shuffled, sizes)).toEqual(outcome(list, []))
      },
    ),
    { numRuns: 60 },
  )
})

test('a read that cannot be linked holds up no other', () => {
  person('ann', '214')
  keep([0, 100, 200].map(at => ({ chip: '214', at })))
  const errors: unknown[] = []
  let calls = 0
  const faulty: Store = {
    ...store,
    write(work, actor) {
      calls += 1
      // The batch, then the second read alone.
      if (calls === 1 || calls === 3) throw new Error('a bug')
      return store.write(work, actor)
    },
  }
  const other = createLinker({
    store: faulty,
    log: { ...quiet, error: fields => errors.push(fields.readId) },
  })
  expect(other.linkSome()).toBe(true)
  expect(said().map(([, who]) => who)).toEqual(['ann', 'unknown-chip', 'ann'])
  expect(errors).toEqual([2])
  return other.stop()
})

test('a full disk is waited for', async () => {
  person('ann', '214')
  const errors: string[] = []
  let full = true
  const faulty: Store = {
    ...store,
    write(work, actor) {
      if (full) throw Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' })
      return store.write(work, actor)
    },
  }
  const other = createLinker({
    store: faulty,
    log: { ...quiet, error: (_, message) => errors.push(message) },
  })
  await other.start()
  keep([{ chip: '214', at: 0 }])
  await vi.waitFor(() => expect(errors).toEqual(['linking waits for the database']))
  full = false
  await vi.waitFor(() => expect(said()).toEqual([['214', 'ann', 'linked']]), 3000)
  await other.stop()
})

test('links by the journal’s order leave out no read that a stale key names first', () => {
  keep([
    { chip: '214', at: 0 },
    { chip: '300', at: 0 },
  ])
  person('ann', '300')
  linker.linkNow()
  expect(said()).toEqual([
    ['214', 'unknown-chip', 'unlinked'],
    ['300', 'ann', 'linked'],
  ])
})
