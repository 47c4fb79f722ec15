import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { at, createMorning, eventually, type Morning } from '../support/race-morning.ts'

let morning: Morning
beforeEach(async () => {
  morning = await createMorning()
  morning.clock.set(at('08:30:00.000'))
})
afterEach(() => morning.world.stop())

const keyed = () => morning.world.callAs('crew', 'Ann').keyedReads
const list = () => keyed().list({ sessionId: morning.session.id })
const press = (more: { readonly bib?: string; readonly agoMs?: number; readonly pressId?: string } = {}) =>
  keyed().press({ sessionId: morning.session.id, location: 'Finish', ...more })

describe('a keyed read', () => {
  test('keeps the time of the press; its bib may come later', async () => {
    const { id } = await press({ agoMs: 400.3 })
    expect(await list()).toMatchObject({
      reads: [{ id, at: at('08:29:59.600'), location: 'Finish', bibNumber: null, by: 'Ann' }],
      waiting: 1,
    })
    await keyed().finish({ id, bib: '3' })
    await eventually(async () =>
      expect(await list()).toMatchObject({
        reads: [{ bibNumber: '3', at: at('08:29:59.600'), state: 'linked', eventName: '5K' }],
        waiting: 0,
      }),
    )
    expect((await morning.personOf('3')).reads).toMatchObject([{ kind: 'manual', location: 'Finish' }])
  })

  test('pressed twice by a call that was made again is one', async () => {
    const pressId = '0190f5c0-0000-7000-8000-000000000002'
    await press({ pressId, bib: '3' })
    await press({ pressId, bib: '3', agoMs: 100 })
    expect((await list()).reads).toHaveLength(1)
  })

  test('is undone step by step: the bib first, then the press; and another bib may be given', async () => {
    const { id } = await press()
    const finished = await keyed().finish({ id, bib: '3' })
    await keyed().takeBack({ id: finished.id })
    await eventually(async () => {
      expect((await list()).reads).toMatchObject([{ id, bibNumber: null }])
      expect((await morning.personOf('3')).reads).toEqual([])
    })
    const other = await keyed().finish({ id, bib: '4' })
    const again = await keyed().finish({ id: other.id, bib: '3' })
    await eventually(async () => {
      expect((await list()).reads).toMatchObject([{ id: again.id, bibNumber: '3', state: 'linked' }])
      expect((await morning.personOf('4')).reads).toEqual([])
    })
    await keyed().takeBack({ id: again.id })
    await keyed().takeBack({ id })
    expect(await list()).toEqual({ reads: [], waiting: 0 })
    await eventually(async () => expect((await morning.world.call().timing.unlinked({})).reads).toBe(0))
  })

  test('yields to a chip read of the same passing, whichever came first', async () => {
    await press({ bib: '3' })
    await eventually(async () => expect((await list()).reads).toMatchObject([{ state: 'linked' }]))
    await morning.chipRead('Finish', '3', '08:30:02.00')
    await eventually(async () => expect((await list()).reads).toMatchObject([{ state: 'duplicate' }]))
    expect((await morning.personOf('3')).reads).toMatchObject([{ kind: 'chip', duplicates: 1 }])
  })

  test('of a bib nobody wears says so, and is the person’s when they turn up', async () => {
    await press({ bib: '900' })
    await eventually(async () =>
      expect((await list()).reads).toMatchObject([{ bibNumber: '900', reason: 'unknown-bib', name: null }]),
    )
    await morning.world.call().raceDay.addWalkUp({
      eventId: morning.event.id,
      firstName: 'Zoë',
      lastName: 'Müller',
      bibNumber: '900',
    })
    await eventually(async () => expect((await list()).reads).toMatchObject([{ name: 'Zoë Müller' }]))
  })
})
