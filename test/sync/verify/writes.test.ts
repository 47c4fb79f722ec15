import { expect, test } from 'vitest'
import { isAppError } from '../../../src/core/errors.ts'
import { setFreeze } from '../../../src/sync/freeze.ts'
import type { Site } from '../../providers/contract/site.ts'
import { copernicoContractSite } from '../../providers/copernico/contract-site.ts'
import { ctliveContractSite } from '../../providers/ctlive/contract-site.ts'
import { runsignupContractSite } from '../../providers/runsignup/contract-site.ts'
import { byOperation, checking } from './stage.ts'

const writes = (site: Site) => site.server.calls.filter(({ method }) => method !== 'GET')

test('a test entry is sent only when asked for, read back field by field, and makes the push observed', async () => {
  const site = await ctliveContractSite({ people: 3 })
  const { check, confirmed } = checking(site)
  expect(byOperation(await check({ event: '5K' }), 'push')).toMatchObject({ outcome: 'skipped' })
  expect(writes(site)).toEqual([])
  expect(confirmed()).toEqual([])

  const found = byOperation(await check({ event: '5K', write: true, bib: '9901' }), 'push')
  expect(found).toMatchObject({ outcome: 'ok', evidence: 'inferred', confirmed: true, deviations: [] })
  expect(found.came).toContain('take it out in CTLive')
  expect(confirmed()).toEqual([{ operation: 'push' }])
  expect(writes(site).map(({ method, path }) => `${method} ${path}`)).toEqual(['POST /api/race/151001/entry'])
  const sent = JSON.parse(writes(site)[0]?.body ?? '{}')
  expect(sent).toMatchObject({ entry_bib: '9901', athlete_last_name: 'TRACKSIDE TEST' })
  expect(Object.keys(sent)).not.toContain('athlete_email')

  // A second check corrects the same entry.
  await check({ event: '5K', write: true, bib: '9902' })
  expect(writes(site).map(({ method }) => method)).toEqual(['POST', 'PUT'])
  expect(site.places?.keys()).toHaveLength(3)
})

test('an entry that comes back otherwise is named by its fields, and the push is inferred again', async () => {
  const site = await ctliveContractSite({ people: 3 })
  const { check, confirmed } = checking(site)
  await check({ event: '5K', write: true })
  expect(confirmed()).toEqual([{ operation: 'push' }])
  site.server.faults.add({
    kind: 'bent',
    path: '/entry',
    method: 'GET',
    bends: [
      { kind: 'dropped', field: 'athlete_birthdate' },
      { kind: 'retyped', field: 'location_city', as: 'number' },
    ],
    times: Number.POSITIVE_INFINITY,
  })
  const found = byOperation(await check({ event: '5K', write: true }), 'push')
  expect(found.outcome).toBe('deviates')
  expect(found.deviations.map(({ what, expected, came }) => `${what}: ${expected} / ${came}`)).toEqual(
    expect.arrayContaining(['location_city: Testville / 0']),
  )
  expect(confirmed()).toEqual([])
})

test('an answer to a write that nobody foresaw is named', async () => {
  const site = await ctliveContractSite({ people: 3 })
  site.server.faults.add({ kind: 'bent', method: 'POST', bends: [{ kind: 'status', status: 202 }] })
  const found = byOperation(await checking(site).check({ event: '5K', write: true }), 'push')
  expect(found).toMatchObject({
    outcome: 'deviates',
    deviations: [{ what: 'status', expected: 'HTTP 200 or HTTP 201', came: 'HTTP 202' }],
  })
})

test('what is only known when it is read back needs its own key there', async () => {
  const site = await copernicoContractSite({ people: 2 })
  const { check, confirmed } = checking(site)
  expect(byOperation(await check({ event: '5K', write: true, bib: '77' }), 'push')).toMatchObject({
    outcome: 'ok',
    confirmed: true,
  })
  expect(confirmed()).toEqual([{ operation: 'push' }, { operation: 'read-back' }])
})

test('a bib goes to the registration that was named, and to nobody else', async () => {
  const site = await runsignupContractSite({ people: 5 })
  const { check, confirmed } = checking(site)
  const [first = '', registration = ''] = site.people?.keys() ?? []
  expect(byOperation(await check({ event: '5K', write: true }), 'write-back')).toMatchObject({
    outcome: 'skipped',
    came: expect.stringContaining('--registration'),
  })
  expect(writes(site)).toEqual([])
  const found = byOperation(
    await check({ event: '5K', write: true, registration, bib: '4711' }),
    'write-back',
  )
  expect(found).toMatchObject({ outcome: 'ok', confirmed: true })
  expect(confirmed()).toEqual([{ operation: 'write-back' }])
  expect(writes(site)).toHaveLength(1)
  expect(decodeURIComponent(writes(site)[0]?.body ?? '')).toContain(`"registration_id":${registration}`)
  expect(decodeURIComponent(writes(site)[0]?.body ?? '')).not.toContain(first)
  // The same bib again shows nothing.
  const again = byOperation(
    await check({ event: '5K', write: true, registration, bib: '4711' }),
    'write-back',
  )
  expect(again).toMatchObject({ outcome: 'ok', confirmed: false })
})

test('a test result has neither bib nor registration, so that nobody is told; one that is only looked for is not sent', async () => {
  const site = await runsignupContractSite({ people: 5 })
  const { check } = checking(site)
  expect(byOperation(await check({ event: 'Held before', write: true }), 'publish')).toMatchObject({
    outcome: 'ok',
    came: expect.stringContaining('looked only: 5 results'),
  })
  expect(byOperation(await check({ event: '5K' }), 'publish')).toMatchObject({
    outcome: 'ok',
    came: expect.stringContaining('none was made'),
  })
  expect(writes(site)).toEqual([])
  const found = byOperation(await check({ event: '5K', publish: true }), 'publish')
  expect(found).toMatchObject({ outcome: 'ok', came: expect.stringContaining('take it out') })
  const sent = decodeURIComponent(writes(site).at(-1)?.body ?? '')
  expect(sent).toContain('TRACKSIDE')
  expect(sent).not.toMatch(/bib_num|registration_id/)
  await check({ event: '5K', publish: true })
  expect(decodeURIComponent(writes(site).at(-1)?.body ?? '')).toContain('result_id')
})

test('frozen pushing, a test host that only reads, and an event that nobody named keep everything here', async () => {
  const site = await ctliveContractSite({ people: 3 })
  const { check, store } = checking(site)
  expect(byOperation(await check({ event: '5K', write: true, writesReach: false }), 'push').came).toContain(
    'would go to the real one',
  )
  setFreeze(store, true, 'Ann')
  expect(byOperation(await check({ event: '5K', write: true }), 'push').came).toBe(
    'Pushing is frozen by Ann.',
  )
  const refused = await check({ write: true }).catch(error => error)
  expect(isAppError(refused) && refused.code).toBe('input.invalid')
  expect(byOperation(await check({ event: 'No such', write: true }), 'push').outcome).toBe('skipped')
  expect(writes(site)).toEqual([])
})

test('without a network everything after the first call is left alone, and says why', async () => {
  const site = await runsignupContractSite({ people: 3 })
  site.server.faults.down = true
  const [first, ...others] = await checking(site).check()
  expect(first).toMatchObject({ outcome: 'failed', code: 'network.unreachable' })
  expect(first?.came).toMatch(/Not reached/)
  expect(others.every(({ outcome }) => outcome === 'skipped' || outcome === 'cannot')).toBe(true)
  expect(others[0]?.came).toBe('Not tried, for authenticate failed.')
})
