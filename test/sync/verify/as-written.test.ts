import { describe, expect, test } from 'vitest'
import { providers } from '../../../src/providers/index.ts'
import type { MakeSite } from '../../providers/contract/site.ts'
import { copernicoContractSite } from '../../providers/copernico/contract-site.ts'
import { ctliveContractSite } from '../../providers/ctlive/contract-site.ts'
import { hakuContractSite } from '../../providers/haku/contract-site.ts'
import { raceRosterContractSite } from '../../providers/race-roster/contract-site.ts'
import { runsignupContractSite } from '../../providers/runsignup/contract-site.ts'
import { byOperation, checking } from './stage.ts'

const SITES: Readonly<Record<string, MakeSite>> = {
  runsignup: runsignupContractSite,
  'race-roster': raceRosterContractSite,
  haku: hakuContractSite,
  ctlive: ctliveContractSite,
  copernico: copernicoContractSite,
}

describe.each(providers.map(({ id }) => id))('%s', id => {
  const make: MakeSite = options => {
    const site = SITES[id]
    if (site === undefined) throw new Error(`${id} has no site to be checked at`)
    return site(options)
  }

  test('as it is written of deviates nowhere, and is only read', async () => {
    const site = await make({ people: 130 })
    const findings = await checking(site).check({ event: id === 'ctlive' ? '10K' : null })
    expect(
      findings.flatMap(({ operation, deviations }) => deviations.map(one => ({ operation, ...one }))),
    ).toEqual([])
    expect(findings.filter(({ outcome }) => outcome === 'failed')).toEqual([])
    expect(byOperation(findings, 'authenticate').outcome).toBe('ok')
    expect(byOperation(findings, 'events').outcome).toBe('ok')
    const logins = ['/oauth/authorize', '/oauth2/token']
    const written = site.server.calls.filter(
      ({ method, path }) => method !== 'GET' && !logins.some(login => path.endsWith(login)),
    )
    expect(written).toEqual([])
    for (const { operation, outcome, came } of findings)
      if (outcome === 'cannot' || outcome === 'skipped') expect(`${operation}: ${came}`).toMatch(/\w{3}/)
  })
})
