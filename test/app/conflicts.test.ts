import { afterEach, expect, test } from 'vitest'
import { openSecondLaptop } from '../support/second-laptop.ts'
import { createTestClock, createWorld, type World } from '../support/world.ts'

let world: World
let second: ReturnType<typeof openSecondLaptop>
afterEach(async () => {
  second?.close()
  await world?.stop()
})

/** Two desks that both know everybody. */
async function twoDesks() {
  const clock = createTestClock()
  world = await createWorld({ clock, people: 4 })
  const { id } = await world.connect()
  await world.call().sync.manual({ connectionId: id, wait: true })
  second = openSecondLaptop(world.store(), clock)
  second.meet()
  clock.advance(1000)
  const idOf = async (bib: string): Promise<string> =>
    (await world.call().raceDay.lookup({ bib })).matches[0]?.id ?? ''
  return { clock, idOf }
}

test('a field decided at two desks is told with both words, who won and why', async () => {
  const { clock, idOf } = await twoDesks()
  const ann = await idOf('1')
  const other = await idOf('2')
  await world.callAs('crew', 'Bea').raceDay.decide({ id: ann, field: 'bib_number', value: '101' })
  clock.advance(20_000)
  second.giveBib(ann, '102', 'Carl')
  second.meet()
  const { conflicts } = await world.callAs('crew').replication.conflicts({})
  expect(conflicts).toMatchObject([
    {
      kind: 'decision',
      kept: { decided: { bib_number: '102' }, decidedBy: 'Carl', thisLaptop: false, participantId: ann },
      lost: {
        decided: { bib_number: '101' },
        decidedBy: 'Bea',
        thisLaptop: true,
        decidedAt: clock() - 20_000,
      },
      why: expect.stringContaining('the later one stands'),
    },
  ])
  expect(conflicts[0]?.kept.name).toMatch(/\w+ \w+/)
  const of = async (participantId: string) =>
    (await world.call().replication.conflicts({ participantId })).conflicts.length
  expect([await of(ann), await of(other)]).toEqual([1, 0])
  expect(conflicts[0]?.open).toBe(true)
  clock.advance(1000)
  await world.callAs('crew', 'Bea').raceDay.decide({ id: ann, field: 'bib_number', value: '103' })
  expect((await world.call().replication.conflicts({})).conflicts).toMatchObject([{ open: false }])
})

test('one bib given to two people at two desks is told of both', async () => {
  const { clock, idOf } = await twoDesks()
  const [ann, bo] = [await idOf('1'), await idOf('2')]
  await world.callAs('crew', 'Bea').raceDay.decide({ id: ann, field: 'bib_number', value: '500' })
  clock.advance(30_000)
  second.giveBib(bo, '500', 'Carl')
  second.meet()
  const { conflicts } = await world.call().replication.conflicts({})
  expect(conflicts).toMatchObject([
    {
      kind: 'bib',
      kept: { participantId: bo, decided: { bib_number: '500' }, decidedBy: 'Carl' },
      lost: { participantId: ann, decided: { bib_number: '500' }, decidedBy: 'Bea' },
    },
  ])
  for (const participantId of [ann, bo])
    expect((await world.call().replication.conflicts({ participantId })).conflicts).toMatchObject([
      { open: true },
    ])
  await world.callAs('crew', 'Bea').raceDay.decide({ id: ann, field: 'bib_number', value: '501' })
  expect((await world.call().replication.conflicts({})).conflicts).toMatchObject([{ open: false }])
})
