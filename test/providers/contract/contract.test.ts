import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { providers } from '../../../src/providers/index.ts'
import { copernicoContractSite } from '../copernico/contract-site.ts'
import { ctliveContractSite } from '../ctlive/contract-site.ts'
import { hakuContractSite } from '../haku/contract-site.ts'
import { raceRosterContractSite } from '../race-roster/contract-site.ts'
import { runsignupContractSite } from '../runsignup/contract-site.ts'
import { SPELLINGS } from './between.ts'
import { cancel, echo, FAULTS, strike } from './faults.ts'
import { operationsOf } from './operations.ts'
import { type QuickTime, quickTime } from './quick-time.ts'
import type { MakeSite } from './site.ts'
import { doubledRows, HANDS, nothingMissedBySkew, sameIn, unknownFieldsPass, whileMoving } from './walks.ts'

/** A provider without a site here has no place in the list: every test of it fails. */
const SITES: Readonly<Record<string, MakeSite>> = {
  runsignup: runsignupContractSite,
  'race-roster': raceRosterContractSite,
  haku: hakuContractSite,
  ctlive: ctliveContractSite,
  copernico: copernicoContractSite,
}

let time: QuickTime
beforeAll(() => {
  time = quickTime()
})
afterAll(() => time.restore())

describe.each(providers.map(provider => ({ id: provider.id, provider })))('$id', ({ id, provider }) => {
  const make: MakeSite = options => {
    const site = SITES[id]
    if (site === undefined) throw new Error(`${id} has no site to be tried at`)
    return site(options)
  }
  const operations = operationsOf(provider)

  test('says of every operation how sure we are of it', () => {
    const made = new Set(operations.map(({ evidence }) => evidence))
    const said = Object.keys(provider.evidence).filter(name => name !== 'file' && name !== 'results-file')
    expect(said.toSorted()).toEqual([...made].toSorted())
  })

  describe.each(operations)('$name', operation => {
    test.each(FAULTS)('$name at any of its calls is said as what it is, and nobody is lost', async fault => {
      await strike(make, operation, fault, time)
    })

    test('cancelled at any of its calls ends at once, and goes on from there', async () => {
      await cancel(make, operation)
    })

    test('a refusal that repeats what was asked tells no key', async () => {
      await echo(make, operation)
    })

    if (!operation.writes) {
      test.each(Object.entries(SPELLINGS))('%s say the same', async (_, change) => {
        for (const people of [1, 3]) await sameIn(make, operation, people, change)
      })
    }

    test('fields nobody knows pass', async () => {
      await unknownFieldsPass(make, operation)
    })

    if (operation.list) {
      test('rows that come twice are no more people', async () => {
        await doubledRows(make, operation)
      })
    }
  })

  for (const operation of operations.filter(({ rows }) => rows !== undefined)) {
    test.each(Object.entries(HANDS))(`${operation.name}: nobody is lost while %s`, async (_, hand) => {
      await whileMoving(make, operation, hand)
    })
  }

  if (provider.participants) {
    test.each([0, 600_000, -600_000])(
      'nothing is missed where their clock is %i ms ahead of ours',
      async skewMs => {
        await nothingMissedBySkew(make, skewMs)
      },
    )
  }
})
