import { expect, test } from 'vitest'
import type { Bend } from '../../../src/rehearsal/bends.ts'
import type { MakeSite, Site } from '../../providers/contract/site.ts'
import { ctliveContractSite } from '../../providers/ctlive/contract-site.ts'
import { hakuContractSite } from '../../providers/haku/contract-site.ts'
import { raceRosterContractSite } from '../../providers/race-roster/contract-site.ts'
import { runsignupContractSite } from '../../providers/runsignup/contract-site.ts'
import { byOperation, checking } from './stage.ts'

/** From now on answers under a path are otherwise than written. */
const bend = (site: Site, path: string, ...bends: readonly Bend[]): void =>
  site.server.faults.add({ kind: 'bent', bends, path, times: Number.POSITIVE_INFINITY })

const named = async (site: Site, event: string | null = null) => {
  const findings = await checking(site).check({ event })
  return findings.flatMap(({ operation, deviations }) =>
    deviations.map(
      ({ call, what, expected, came }) => `${operation}: ${call} ${what}: ${expected} / ${came}`,
    ),
  )
}

test('three places that deviate are named, each with what was expected and what came, and nothing else', async () => {
  const site = await runsignupContractSite({ people: 20 })
  const race = site.people?.event.sourceRaceId
  bend(
    site,
    `/race/${race}/participants`,
    { kind: 'renamed', field: 'bib_num', to: 'bib_number' },
    { kind: 'retyped', field: 'registration_id', as: 'text' },
  )
  bend(site, '/races', { kind: 'status', status: 203 })
  const findings = await checking(site).check()
  const participants = `GET /Rest/race/${race}/participants`
  expect(findings.flatMap(({ deviations }) => deviations)).toEqual([
    // The keys are tried by the list of races, too.
    { call: 'GET /Rest/races', what: 'status', expected: 'HTTP 200', came: 'HTTP 203', times: 1 },
    { call: 'GET /Rest/races', what: 'status', expected: 'HTTP 200', came: 'HTTP 203', times: 1 },
    {
      call: participants,
      what: '[].participants[].registration_id',
      expected: 'a number',
      came: 'a number as text',
      times: 20,
    },
    {
      call: participants,
      what: '[].participants[].bib_num',
      expected: 'a number',
      came: 'nothing; new there: [].participants[].bib_number',
      times: 20,
    },
  ])
  expect(findings.filter(({ outcome }) => outcome === 'deviates').map(({ operation }) => operation)).toEqual([
    'authenticate',
    'events',
    'participants',
  ])
  expect(byOperation(findings, 'participants').newFields).toEqual(['[].participants[].bib_number'])
})

const deaf: readonly (readonly [string, MakeSite, string, string, string])[] = [
  ['page size', runsignupContractSite, '/participants', 'results_per_page', '20 rows'],
  ['cursor', runsignupContractSite, '/participants', 'after_registration_id', 'a second time'],
  ['offset', raceRosterContractSite, '/participants', 'offset', 'a second time'],
  ['page number', hakuContractSite, '/events/', 'page', 'a second time'],
]
test.each(deaf)('a %s that is not heeded is named', async (_, make, path, word, came) => {
  const site = await make({ people: 20 })
  bend(site, path, { kind: 'deaf', word })
  const found = await named(site)
  expect(found).toContainEqual(expect.stringMatching(new RegExp(`^participants: .*paging: .*${came}`)))
})

test('a field that is missing, a word of another table and an envelope that is gone are named', async () => {
  const roster = await raceRosterContractSite({ people: 3 })
  bend(
    roster,
    '/participants',
    { kind: 'dropped', field: 'metadata' },
    { kind: 'retyped', field: 'gender', as: 'text' },
  )
  expect(await named(roster)).toEqual([
    expect.stringContaining('metadata: an object / nothing'),
    expect.stringContaining('data[].gender: 0 or 1 or 2 or 8 or 9 / a number as text'),
  ])
  const scoring = await ctliveContractSite({ people: 3 })
  bend(scoring, '/entry', { kind: 'retyped', field: 'entry_id', as: 'number' })
  expect(await named(scoring, '10K')).toEqual([
    expect.stringContaining('read-back: GET /api/race/151002/entry race_entry[].entry_id: text / a number'),
  ])
})

test('what keeps an answer from being read at all is named as well', async () => {
  const site = await ctliveContractSite({ people: 3 })
  bend(site, '/entry', { kind: 'renamed', field: 'entry_id', to: 'id' })
  const found = byOperation(await checking(site).check({ event: '10K' }), 'read-back')
  expect(found).toMatchObject({
    outcome: 'deviates',
    code: 'provider.unreadable',
    deviations: [{ what: 'race_entry[].entry_id', came: 'nothing; new there: race_entry[].id', times: 3 }],
  })
})

test('people in another order than that of their changes are named: who changed could not be told', async () => {
  const site = await hakuContractSite({ people: 6 })
  for (const [place, key] of (site.people?.keys() ?? []).entries()) {
    site.advance(60_000)
    site.people?.edit(key, 100 + place)
  }
  expect(byOperation(await checking(site).check(), 'participants')).toMatchObject({
    outcome: 'ok',
    confirmed: true,
  })
  bend(site, '/participants', { kind: 'deaf', word: 'sort_column' })
  expect(await named(site)).toEqual([expect.stringContaining('order: last changed first / another order')])
})

test('no deviation tells what anybody’s field holds', async () => {
  const site = await runsignupContractSite({ people: 3 })
  for (const field of ['first_name', 'last_name', 'email', 'dob', 'gender'])
    bend(site, '/participants', { kind: 'retyped', field, as: 'list' })
  const people = JSON.stringify(await checking(site).check())
  expect(people).toContain('user.first_name')
  const [row] = JSON.parse(
    await (
      await fetch(
        `${site.server.url}/race/${site.people?.event.sourceRaceId}/participants?${new URLSearchParams({ ...site.credentials, format: 'json', event_id: site.people?.event.sourceEventId ?? '' })}`,
      )
    ).text(),
  )
  const { user } = row.participants[0]
  for (const told of [user.last_name, user.email, user.dob]) expect(people).not.toContain(String(told))
})
