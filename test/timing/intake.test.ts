import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createIntake, type Intake } from '../../src/timing/intake.ts'
import { controllerFile } from '../../src/timing/protocols/controller-file.ts'
import { CHICAGO, NOON, putRace, quiet, type TestStore, testStore } from './race.ts'

let opened: TestStore
let intake: Intake<string>
let session: string
/** Of each write, how many reads the journal has after it. */
let writes: number[]

const inJournal = (): number =>
  opened.store.read.get<{ n: number }>('SELECT COUNT(*) AS n FROM timing_reads')?.n ?? 0

beforeEach(() => {
  opened = testStore()
  session = putRace(opened.store, [])
  intake = createIntake({ store: opened.store, log: quiet })
  writes = []
  opened.store.onChange(() => writes.push(inJournal()))
})
afterEach(() => opened.close())

const read = (chip: string) => {
  const reading = controllerFile.read(
    `TO~1~${chip}~160~18~1620475200.00~12000C~1~-63~1~P`,
    { timezone: CHICAGO, date: '2021-05-08' },
    'start',
  )
  if (reading.kind === 'refused') throw new Error(reading.reason)
  return reading.read
}
const send = (peer: string, chips: readonly string[], said: string[] = []): string[] => {
  const chunk = { sessionId: session, address: peer, reads: chips.map(read), refused: [], receivedAt: NOON }
  let added = 0
  intake.take(peer, chunk, {
    kept(stored) {
      added = stored.added.length
    },
    done: isStored => said.push(`${chips[0]} ${isStored ? added : 'lost'}`),
  })
  return said
}
const saying = (said: readonly string[], ...all: readonly string[]): Promise<void> =>
  vi.waitFor(() => expect(said).toEqual(all), 3000)

test('after a pause a chunk is written at once; what comes within it is written together, in its order', async () => {
  const said = send('a', ['1', '2'])
  expect(inJournal()).toBe(2)
  send('b', ['3'], said)
  send('a', ['4'], said)
  send('b', ['5', '1'], said)
  expect(inJournal()).toBe(2)
  await saying(said, '1 2', '3 1', '4 1', '5 1')
  expect(writes).toEqual([2, 5])
  expect(opened.store.read.all('SELECT chip FROM timing_reads ORDER BY id')).toEqual(
    ['1', '2', '3', '4', '5'].map(chip => ({ chip })),
  )
})

test('many reads are not waited with, and nothing waits for a stop', async () => {
  const said = send('a', ['1'])
  send(
    'a',
    Array.from({ length: 200 }, (_, n) => `2${n}`),
    said,
  )
  expect(inJournal()).toBe(201)
  send('a', ['3'], said)
  intake.flush()
  expect(inJournal()).toBe(202)
  await saying(said, '1 1', '20 200', '3 1')
})

test('what one peer sent and the database refuses keeps nobody else’s from being stored', async () => {
  opened.store.write(writer =>
    writer.run(
      "CREATE TEMP TRIGGER refuse BEFORE INSERT ON main.timing_reads WHEN NEW.chip = '9' BEGIN SELECT RAISE(ABORT, 'no room'); END",
    ),
  )
  const said = send('a', ['1'])
  send('b', ['2'], said)
  send('a', ['3'], said)
  send('b', ['9'], said)
  send('c', ['4'], said)
  send('b', ['5'], said)
  intake.flush()
  // Of a peer all or nothing: what follows a chunk that was lost would leave a hole.
  await vi.waitFor(() => expect(said.toSorted()).toEqual(['1 1', '2 lost', '3 1', '4 1', '5 lost', '9 lost']))
  expect(intake.problem()).toContain('no room')
  send('b', ['6'], said)
  intake.flush()
  expect(intake.problem()).toBeNull()
  expect(opened.store.read.all('SELECT chip FROM timing_reads ORDER BY id')).toEqual(
    ['1', '3', '4', '6'].map(chip => ({ chip })),
  )
})

test('nothing is acknowledged before the disk has it, and what it refuses never', async () => {
  const disk: { force(): void; refuse(why: Error): void }[] = []
  const forced = () => new Promise<void>((force, refuse) => disk.push({ force, refuse }))
  intake = createIntake({ store: { ...opened.store, forced }, log: quiet })
  const said = send('a', ['1'])
  send('a', ['2'], said)
  intake.flush()
  expect(inJournal()).toBe(2)
  disk[1]?.force()
  await new Promise(resolve => setImmediate(resolve))
  expect(said).toEqual(['2 1'])
  disk[0]?.refuse(new Error('the disk is gone'))
  await saying(said, '2 1', '1 lost')
  expect(intake.problem()).toContain('the disk is gone')
})

test('while the store rests more is gathered, and nothing waits for a stop', async () => {
  const resting = Promise.withResolvers<void>()
  let rest: Promise<void> | null = resting.promise
  intake = createIntake({ store: { ...opened.store, rest: () => rest }, log: quiet })
  const said = send('a', ['1'])
  send('b', ['2'], said)
  expect(inJournal()).toBe(0)
  rest = null
  resting.resolve()
  await saying(said, '1 1', '2 1')
  expect(writes).toEqual([2])
  rest = new Promise(() => {})
  send('a', ['3'], said)
  intake.flush()
  expect(inJournal()).toBe(3)
})
