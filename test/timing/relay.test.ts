import { createServer } from 'node:net'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  createScoringProgram,
  type ScoringParts,
  type ScoringProgram,
} from '../../src/rehearsal/ctp01-server.ts'
import { type JournalRead, manualRead } from '../../src/store/reads.ts'
import { deleteRelay, relays } from '../../src/store/relays.ts'
import { createRelayJournal, lastReadId } from '../../src/timing/relay-journal.ts'
import { NOON } from './race.ts'
import {
  createRelayStage,
  has,
  linesOf,
  type RelayStage,
  raceLine,
  readOf,
  readsIn,
  relayTo,
} from './relay-stage.ts'

const PUSH = {
  ...{ 'stream-mode': 'push', 'time-format': 'iso', 'pushmode-ack': 'true', guntimes: 'true' },
  ...{ newlocations: 'true', 'connection-id': 'true' },
}

let stage: RelayStage
let programs: ScoringProgram[]
beforeEach(() => {
  stage = createRelayStage()
  programs = []
})
afterEach(async () => {
  await stage.stop()
  for (const program of programs) await program.stop()
})

async function scoringSide(parts: ScoringParts = { options: PUSH }): Promise<ScoringProgram> {
  const made = createScoringProgram(parts)
  programs.push(made)
  await made.start()
  return made
}

const race = (reads: number) => Array.from({ length: reads }, (_, n) => raceLine(n)).sort()
const says = (message: string) => vi.waitFor(() => expect(stage.status().message).toContain(message), 8000)

/** A read of another make. */
const other = (changes: Partial<JournalRead>): JournalRead => ({
  ...readOf(raceLine(0)),
  ...{ source: 'mylaps', identity: `c|${JSON.stringify(changes)}`, streamId: null, sequence: null, raw: 'x' },
  ...{ device: 'Finish/4', streamLocation: 'finish', chip: 'KV86583', antenna: '00001111' },
  ...changes,
})

describe('a relay', () => {
  test.each([
    ['pushes', { options: PUSH }],
    ['is pulled from', { options: { 'time-format': 'iso' }, pullMax: 150, pollMs: 10 }],
  ])(
    '%s 20,000 reads past cuts, a long absence and a scoring side that forgets: each once, byte for byte',
    async (_, parts) => {
      const scoring = await scoringSide(parts)
      stage.put(relayTo(scoring.port))
      await stage.start()
      stage.race(0, 6000)
      await has(scoring, 6000)
      for (const [from, to] of [
        [6000, 7000],
        [7000, 8500],
      ] as const) {
        scoring.cutAfter(137)
        stage.race(from, to)
        await has(scoring, to)
      }
      await scoring.stop()
      for (let n = 8500; n < 14_000; n += 500) stage.race(n, n + 500)
      await says('Nothing listens at 127.0.0.1')
      expect(stage.status()).toMatchObject({ state: 'calling', waiting: 14_000 - stage.status().handed })
      await scoring.start()
      const back = performance.now()
      await vi.waitFor(() => expect(readsIn(scoring)).toBeGreaterThan(8500), 8000)
      expect(performance.now() - back).toBeLessThan(5000)
      await has(scoring, 14_000)
      await scoring.stop()
      scoring.forget()
      stage.race(14_000, 17_000)
      await scoring.start()
      await has(scoring, 17_000)
      await stage.restart()
      stage.race(17_000, 20_000)
      await has(scoring, 20_000)
      expect(linesOf(scoring)).toEqual(race(20_000))
      expect(scoring.book.size).toBe(1)
      expect(scoring.gaps()).toBe(0)
      // What it forgot it got again, as it was.
      expect(scoring.doubles).toBeGreaterThanOrEqual(14_000)
      await vi.waitFor(() =>
        expect(stage.status()).toMatchObject({ state: 'connected', handed: 20_000, waiting: 0, left: [] }),
      )
    },
    120_000,
  )

  test('holds back what is not taken, in the journal and not in memory', async () => {
    const scoring = await scoringSide()
    stage.put(relayTo(scoring.port))
    await stage.start()
    stage.race(0, 3)
    await has(scoring, 3)
    scoring.pause()
    stage.longJournal(120_000)
    await vi.waitFor(() => {
      const { handed, waiting } = stage.status()
      expect(handed + waiting).toBe(120_003)
    }, 20_000)
    await vi.waitFor(() => expect(stage.status().waiting).toBeGreaterThan(10_000))
    scoring.resume()
    await has(scoring, 120_003, 60_000)
    expect(stage.status().waiting).toBe(0)
  }, 120_000)

  test('leaves the event loop to others: a slice of a long journal is short, counted or taken', () => {
    stage.longJournal(20_000)
    const last = lastReadId(stage.store.read)
    const journal = createRelayJournal(stage.store.read, stage.session(), relayTo(1), () => last)
    let counts = 1
    while (journal.count()) counts += 1
    const from = new Map(journal.locations().map(location => [location, 1]))
    const taken: number[] = []
    for (let ended = false; !ended; ) {
      const slice = journal.take({ from, limit: 400 })
      taken.push(slice.reads.length)
      for (const [location, through] of slice.reached) from.set(location, through + 1)
      ended = slice.ended
    }
    expect(taken.reduce((sum, reads) => sum + reads, 0)).toBe(20_000)
    expect(journal).toMatchObject({ total: 20_000, handed: 20_000 })
    // In rows, whatever else runs on this machine: a slice of 400 takes a few milliseconds.
    expect(counts).toBeGreaterThanOrEqual(20_000 / 400)
    expect(Math.max(...taken)).toBeLessThanOrEqual(400)
  }, 30_000)

  test('announces a location that is new, and hands guns on only when they are asked for', async () => {
    const gun = 'CT01_33~4~start~guntime~2021-05-08T08:00:00.00~0~DF239A~0'
    const all = await scoringSide()
    const { guntimes: _, ...without } = PUSH
    const some = await scoringSide({ options: without })
    stage.put(relayTo(all.port))
    stage.put(relayTo(some.port, { id: 'b', name: 'Other' }))
    await stage.start()
    stage.race(0, 9)
    stage.add(readOf(gun))
    await has(all, 10)
    await has(some, 9)
    stage.add(readOf('CT01_33~1~30k~41~2021-05-08T09:00:00.00~0~0F2A38~1'))
    await has(all, 11)
    expect(all.heard.find(line => line.includes('newlocation'))).toMatch(
      /^CT01_33~11~30k~newlocation~2021-05-08T12:00:00\.00~0~0F2A38~0$/,
    )
    await has(some, 10)
    expect(linesOf(all)).toContain(gun)
  })

  test.each([
    ['normal', '08:00:00.12'],
    ['iso', '2021-05-08T08:00:00.12'],
    // The vendor's example: the wall clock as if it were UTC.
    ['unix', '1620460800.12'],
    ['msecs', '28800120'],
  ])('says times in the format that was asked for: %s', async (format, expected) => {
    const scoring = await scoringSide({ options: { ...PUSH, 'time-format': format } })
    stage.put(relayTo(scoring.port))
    await stage.start()
    const readAt = Date.UTC(2021, 4, 8, 13, 0, 0, 128)
    stage.add(
      readOf('CT01_33~1~start~0041~2021-05-08T08:00:00.12~0~0F2A38~1'),
      other({ readAt, rawTime: '1620478800128', streamLocation: 'start' }),
    )
    await has(scoring, 2)
    expect([...(scoring.book.values().next().value?.get('start')?.values() ?? [])]).toMatchObject([
      { sequence: 1, tag: '0041', time: expected },
      {
        sequence: 2,
        tag: 'KV86583',
        time: expected,
        readerId: expect.stringMatching(/^[0-9A-F]{6}$/),
        gator: '0',
      },
    ])
  })

  test('says how many reads it does not hand on, and why', async () => {
    const scoring = await scoringSide()
    stage.put(relayTo(scoring.port))
    await stage.start()
    const keyed = manualRead({ id: 'p', bib: '41', at: NOON, location: 'finish', by: 'crew' })
    stage.race(0, 3)
    stage.add(
      other({ chip: '058003F2C1' }),
      other({ chip: '058003F2C2' }),
      other({ streamLocation: 'Finish of the half marathon' }),
      other({ chip: 'A~B' }),
      other({ chip: 'GUNTIME' }),
      other({ readAt: null, rawTime: 'noon' }),
      other({ source: 'csv' }),
      keyed,
      { ...readOf(raceLine(1), `7ac451de${'0'.repeat(32)}`), identity: 's|back' },
      other({ chip: 'LAST' }),
    )
    await has(scoring, 4)
    const reasons = Object.fromEntries(stage.status().left.map(({ reason, reads }) => [reason, reads]))
    expect(reasons).toEqual({
      'its chip has more than 8 characters': 2,
      'its location has more than 16 characters': 1,
      'its chip has a character that CTP01 keeps for itself': 1,
      'its chip is a word of CTP01': 1,
      'its time cannot be read': 1,
      'imported from a file': 1,
      'keyed by hand': 1,
      'another Trackside handed it on': 1,
    })
    expect(stage.status().left[0]?.examples[0]).toMatchObject({ location: 'finish', chip: '058003F2C2' })
    stage.put(relayTo(scoring.port, { files: true, keyed: true }))
    await vi.waitFor(() => expect(scoring.book.size).toBe(2))
    await vi.waitFor(() => expect([...scoring.book.values()][1]?.get('finish')?.size).toBe(4))
    const finish = [...([...scoring.book.values()][1]?.get('finish')?.values() ?? [])]
    expect(finish.map(({ sequence, tag }) => [sequence, tag])).toEqual([
      [1, '000002'],
      [7, 'KV86583'],
      [8, '41'],
      [9, 'LAST'],
    ])
  })

  test('hands on chosen devices and locations only; another choice is another stream', async () => {
    const scoring = await scoringSide()
    stage.race(0, 300)
    stage.put(relayTo(scoring.port, { locations: ['finish'], devices: ['0F2A10', '0F2A12'] }))
    await stage.start()
    const chosen = race(300).filter(line => line.includes('~finish~') && /0F2A1[02]/.test(line))
    await has(scoring, chosen.length)
    expect(linesOf(scoring)).toEqual(chosen)
    stage.put(
      relayTo(scoring.port, { name: 'Renamed', locations: ['finish'], devices: ['0F2A12', '0F2A10'] }),
    )
    expect(stage.status().relay.name).toBe('Renamed')
    stage.put(relayTo(scoring.port, { locations: ['finish'] }))
    await vi.waitFor(() => expect(scoring.book.size).toBe(2))
  })

  test('begins a stream of its own with the next session', async () => {
    const scoring = await scoringSide()
    stage.put(relayTo(scoring.port))
    await stage.start()
    stage.race(0, 30)
    await has(scoring, 30)
    stage.nextSession()
    stage.race(30, 33)
    await has(scoring, 33)
    expect(scoring.book.size).toBe(2)
  })

  test('is off, on and gone as the list says', async () => {
    const scoring = await scoringSide()
    stage.put(relayTo(scoring.port, { on: false }))
    await stage.start()
    stage.race(0, 3)
    expect(stage.status()).toMatchObject({ state: 'off', message: null })
    stage.put(relayTo(scoring.port))
    await has(scoring, 3)
    await vi.waitFor(() =>
      expect(stage.status()).toMatchObject({ state: 'connected', program: 'Rehearsal Scoring 1.0' }),
    )
    expect(stage.status().lastStart).toMatch(/^start~/)
    stage.store.write(writer => deleteRelay(writer, 'a'))
    await vi.waitFor(() => expect(scoring.connected).toBe(false))
    expect(relays(stage.store.read)).toEqual([])
    expect(
      stage.store.read.all<{ action: string }>(
        `SELECT action FROM audit_log WHERE row_id = 'timing_relays/a' ORDER BY sequence`,
      ),
    ).toEqual([
      { action: 'reads handed on' },
      { action: 'reads handed on' },
      { action: 'reads no longer handed on' },
    ])
  })
})

describe('a relay says what is in the way', () => {
  test('when nothing listens', async () => {
    stage.put(relayTo(1))
    await stage.start()
    await says('Nothing listens at 127.0.0.1:1.')
  })

  test('when the port is the one that readers call, under whatever name', async () => {
    const scoring = await scoringSide()
    stage.own([scoring.port])
    for (const host of ['127.0.0.1', 'localhost', 'LOCALHOST.', '127.0.0.9', '::ffff:127.0.0.1']) {
      stage.put(relayTo(scoring.port, { host }))
      await stage.restart()
      await says("is this laptop's own port")
    }
    expect(scoring.heard).toEqual([])
  })

  test('when something else answers there', async () => {
    const web = createServer(socket =>
      socket
        .on('error', () => {})
        .resume()
        .end('HTTP/1.1 400 Bad Request\r\n\r\n'),
    )
    await new Promise<void>(resolve => web.listen(0, '127.0.0.1', resolve))
    const address = web.address()
    stage.put(relayTo(typeof address === 'object' && address ? address.port : 0))
    await stage.start()
    await says('does not answer as a scoring program')
    await stage.stop()
    await new Promise(resolve => web.close(resolve))
    stage = createRelayStage()
  })

  test('when a password is asked for, lines of another kind, or one location only', async () => {
    const scoring = await scoringSide({
      options: { authentication: 'hmac-sha1', 'authentication-seed': 'x' },
    })
    stage.put(relayTo(scoring.port))
    await stage.start()
    await says('It asks for a password (hmac-sha1)')
    const fixed = await scoringSide({ options: { 'tagevent-format': 'CT01_0C' } })
    stage.put(relayTo(fixed.port))
    await says('it wants its lines as CT01_0C')
    const single = await scoringSide({ options: { ...PUSH, location: 'single' } })
    stage.race(0, 30)
    stage.put(relayTo(single.port))
    await says('It takes one location only (location=single). Not handed on: 10k, finish.')
    await has(single, 10)
    expect(stage.status()).toMatchObject({ handed: 10, waiting: 20 })
  })

  test('when it is asked whether it lives, it does', async () => {
    const scoring = await scoringSide()
    stage.put(relayTo(scoring.port))
    await stage.start()
    await vi.waitFor(() => expect(scoring.connected).toBe(true))
    scoring.say('ping')
    await vi.waitFor(() => expect(scoring.heard).toContain('ack~ping'))
    scoring.say('err~ping~what?')
    await says('It says "err~ping~what?".')
  })
})
