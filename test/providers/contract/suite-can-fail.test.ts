import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AppError } from '../../../src/core/errors.ts'
import type { Provider, ProviderContext } from '../../../src/providers/provider.ts'
import { ctliveContractSite } from '../ctlive/contract-site.ts'
import { raceRosterContractSite } from '../race-roster/contract-site.ts'
import { runsignupContractSite } from '../runsignup/contract-site.ts'
import { cancel, FAULTS, type FaultCase, strike } from './faults.ts'
import { operationsOf } from './operations.ts'
import { type QuickTime, quickTime } from './quick-time.ts'
import type { MakeSite } from './site.ts'
import { doubledRows, HANDS, nothingMissedBySkew, unknownFieldsPass, whileMoving } from './walks.ts'

let time: QuickTime
beforeAll(() => {
  time = quickTime()
})
afterAll(() => time.restore())

/** A provider's site with a provider that does something wrong. */
const spoiled =
  (make: MakeSite, spoil: (provider: Provider) => Provider): MakeSite =>
  async options => {
    const site = await make(options)
    return { ...site, provider: spoil(site.provider) }
  }

type Pull = NonNullable<Provider['participants']>['pull']

const withPull = (spoil: (pull: Pull) => Pull): MakeSite =>
  spoiled(runsignupContractSite, provider => {
    if (!provider.participants) throw new Error('it has participants')
    return {
      ...provider,
      participants: { ...provider.participants, pull: spoil(provider.participants.pull) },
    }
  })

async function operation(make: MakeSite, name: string) {
  const { provider } = await make({ people: 1 })
  const found = operationsOf(provider).find(one => one.name === name)
  if (!found) throw new Error(`no operation ${name}`)
  return found
}

const fault = (name: string): FaultCase => {
  const found = FAULTS.find(one => one.name === name)
  if (!found) throw new Error(`no fault ${name}`)
  return found
}

const struck = async (make: MakeSite, name: string): Promise<void> =>
  strike(make, await operation(make, 'participants'), fault(name), time)

describe('a provider is caught that', () => {
  test('calls its first page complete', async () => {
    const make = withPull(
      pull =>
        async function* (...asked) {
          for await (const page of pull(...asked)) yield { ...page, complete: true }
        },
    )
    await expect(struck(make, '500')).rejects.toThrow()
  })

  test('takes a failed page for the end', async () => {
    const make = withPull(
      pull =>
        async function* (...asked) {
          try {
            yield* pull(...asked)
          } catch {
            yield { items: [], cursor: null, complete: true }
          }
        },
    )
    for (const name of ['500', '401', 'half a body', 'silence'])
      await expect(struck(make, name)).rejects.toThrow()
    await expect(cancel(make, await operation(make, 'participants'))).rejects.toThrow()
  })

  test('hands out a cursor that leaves somebody out', async () => {
    const make = withPull(
      pull =>
        async function* (context, event, since) {
          for await (const page of pull(context, event, since))
            yield page.complete
              ? page
              : { ...page, cursor: { phase: 'removed', page: 1, lastId: null, since: null, nextSince: 1 } }
        },
    )
    await expect(struck(make, 'a web page')).rejects.toThrow()
  })

  test('tells a key', async () => {
    const make = withPull(
      pull =>
        async function* (context: ProviderContext, event, since) {
          try {
            yield* pull(context, event, since)
          } catch (error) {
            if (!(error instanceof AppError)) throw error
            throw new AppError(error.code, `${error.message}?api_key=${context.credentials.api_key}`)
          }
        },
    )
    await expect(struck(make, '403')).rejects.toThrow('canary')
  })

  test('makes calls nobody pays for', async () => {
    const make = withPull(pull => (context, event, since) => {
      const free = { ...context, spend: async () => {} }
      return pull(free, event, since)
    })
    await expect(struck(make, '500')).rejects.toThrow()
  })

  test('calls everything by one name', async () => {
    const make = withPull(
      pull =>
        async function* (...asked) {
          try {
            yield* pull(...asked)
          } catch {
            throw new AppError('provider.unavailable', 'Something went wrong')
          }
        },
    )
    await expect(struck(make, '500')).resolves.toBeUndefined()
    for (const name of ['401', '404', '429', 'a cut connection', 'HTTP 200 with an error'])
      await expect(struck(make, name)).rejects.toThrow()
  })

  test('loses who moves between pages', async () => {
    const plain = withOffsets(raceRosterContractSite)
    const hand = HANDS['the first one is taken out after the first page']
    if (!hand) throw new Error('that hand is in the table')
    await expect(whileMoving(plain, await operation(plain, 'participants'), hand)).rejects.toThrow()
  })

  test('asks for changes by its own clock', async () => {
    const make = withPull(
      pull =>
        async function* (context, event, since) {
          for await (const page of pull(context, event, since))
            yield page.complete
              ? { ...page, cursor: { phase: 'done', nextSince: Math.floor(context.clock() / 1000) } }
              : page
        },
    )
    await expect(nothingMissedBySkew(make, -600_000)).rejects.toThrow()
  })

  test('gives results that nobody tried, or takes a failed page of them for the end', async () => {
    const untried: MakeSite = async options => {
      const { scored: _, ...site } = await ctliveContractSite(options)
      return site
    }
    const results = await operation(untried, 'results')
    await expect(strike(untried, results, fault('500'), time)).rejects.toThrow('no scored results')
    const ending = spoiled(ctliveContractSite, provider => ({
      ...provider,
      ...(provider.results && {
        results: {
          ...provider.results,
          async *pull(...asked) {
            try {
              yield* provider.results?.pull(...asked) ?? []
            } catch {
              yield { items: [], cursor: null, complete: true }
            }
          },
        },
      }),
    }))
    await expect(strike(ending, results, fault('half a body'), time)).rejects.toThrow()
  })

  test('drops what it does not know, or doubles an entry', async () => {
    const make = withPull(
      pull =>
        async function* (...asked) {
          for await (const page of pull(...asked)) yield { ...page, items: page.items.map(known) }
        },
    )
    await expect(unknownFieldsPass(make, await operation(make, 'participants'))).rejects.toThrow()
    const half = spoiled(ctliveContractSite, provider => ({
      ...provider,
      ...(provider.entries && {
        entries: {
          ...provider.entries,
          async *readBack(context, target) {
            for await (const page of provider.entries?.readBack(context, target) ?? [])
              yield { ...page, items: page.items.slice(0, 1) }
          },
        },
      }),
    }))
    await expect(doubledRows(half, await operation(half, 'read-back'))).rejects.toThrow()
  })
})

/** An item without the fields that came later. */
function known(item: unknown): never {
  const { newField: _, ...rest } = item as { newField?: unknown }
  return rest as never
}

/** The same list walked by plain offsets, as clients do. */
const withOffsets = (make: MakeSite): MakeSite =>
  spoiled(make, provider => ({
    ...provider,
    participants: {
      normalize: item => {
        const row = item as { participantId: number }
        return {
          ...(provider.participants?.normalize({ ...row, subEventId: '1' }) ?? never()),
          sourceParticipantId: String(row.participantId),
        }
      },
      async *pull(context, event) {
        for (let offset = 0; ; offset += 60) {
          const url = `${context.settings.base_url}/events/${event.sourceRaceId}/participants`
          const login = new URLSearchParams({ grant_type: 'access_token', ...context.credentials })
          const authorize = String(context.settings.base_url).replace('/v1', '/oauth/authorize')
          const token = await (await context.fetch(authorize, { method: 'POST', body: login })).json()
          const headers = { authorization: `Bearer ${token.data[0].access_token}` }
          const answer = await (await context.fetch(`${url}?limit=60&offset=${offset}`, { headers })).json()
          const complete = answer.data.length < 60
          yield { items: answer.data, cursor: null, complete }
          if (complete) return
        }
      },
    },
  }))

function never(): never {
  throw new Error('it has participants')
}
