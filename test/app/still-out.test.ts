import { afterEach, beforeEach, expect, test } from 'vitest'
import { at, createMorning, type Morning } from '../support/race-morning.ts'

let morning: Morning
beforeEach(async () => {
  morning = await createMorning()
  await morning.chipRead('Start', '1', '08:00:05.00')
  await morning.chipRead('Start', '2', '08:00:06.00')
  await morning.chipRead('Start', '3', '08:00:04.00')
  await morning.chipRead('Start', '4', '08:00:07.00')
  await morning.chipRead('9K', '1', '08:40:00.00')
  await morning.chipRead('Finish', '4', '08:50:00.00')
})
afterEach(() => morning.world.stop())

const list = (more: { readonly eventId?: string } = {}) =>
  morning.world.callAs('crew', 'Ann').stillOut.list({ id: morning.day.id, ...more })

test('still out are those read somewhere and at no finish, the longest unseen first', async () => {
  const { people } = await list()
  expect(people.map(one => [one.bibNumber, one.lastLocation, one.lastAt])).toEqual([
    ['3', 'Start', at('08:00:04.000')],
    ['2', 'Start', at('08:00:06.000')],
    ['1', '9K', at('08:40:00.000')],
  ])
  expect((await morning.world.call().raceDay.counts({ id: morning.day.id })).stillOut).toBe(people.length)
  expect((await list({ eventId: morning.event.id })).people).toHaveLength(3)
})

test('somebody who gave up, or was read at the finish, is not out any more', async () => {
  const id = (await morning.personOf('3')).id
  await morning.world.call().raceDay.decide({ id, field: 'race_status', value: 'dnf' })
  await morning.chipRead('Finish', '2', '08:55:00.00')
  expect((await list()).people.map(one => one.bibNumber)).toEqual(['1'])
})

test('the list says nothing of phones; each look at a contact is kept with who and when, not with what was seen', async () => {
  const person = await morning.personOf('3')
  await morning.world.call().raceDay.decide({ id: person.id, field: 'phone', value: '+1 555 0100 77' })
  await morning.world
    .call()
    .raceDay.decide({ id: person.id, field: 'emergency_contact', value: 'Ida, +1 555 0199 77' })
  expect(JSON.stringify(await list())).not.toContain('555 01')
  morning.clock.set(at('11:00:00'))
  const contact = await morning.world
    .callAs('crew', 'Ben')
    .stillOut.contact({ id: person.id, reason: 'sweeper car' })
  expect(contact).toEqual({ phone: '+1 555 0100 77', emergencyContact: 'Ida, +1 555 0199 77' })
  await morning.world.callAs('crew', 'Ann').stillOut.contact({ id: person.id })
  const looks = (await morning.world.call().system.audit({ rowId: person.id })).entries.filter(
    entry => entry.action === 'contact looked at',
  )
  expect(looks).toMatchObject([
    { actor: 'Ann', at: at('11:00:00'), reason: null },
    { actor: 'Ben', reason: 'sweeper car' },
  ])
  expect(JSON.stringify(looks)).not.toContain('555 01')
  await expect(morning.world.callAs('display').stillOut.contact({ id: person.id })).rejects.toMatchObject({
    code: 'auth.forbidden',
  })
})
