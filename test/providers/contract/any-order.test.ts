import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { isAppError } from '../../../src/core/errors.ts'
import type { Json } from '../../../src/core/runtime.ts'
import type { Cursor, Page, Provider } from '../../../src/providers/provider.ts'
import { storeEvent } from '../../../src/store/events.ts'
import { storeParticipants } from '../../../src/store/participants.ts'
import { openStore, type Store } from '../../../src/store/store.ts'
import { hakuContractSite } from '../haku/contract-site.ts'
import { pagesOf } from '../outside.ts'
import { raceRosterContractSite } from '../race-roster/contract-site.ts'
import { runsignupContractSite } from '../runsignup/contract-site.ts'
import { PEOPLE, smallPages } from './faults.ts'
import { peopleOf } from './operations.ts'
import { contextOf, type MakeSite, type Site } from './site.ts'

const REGISTRATION: readonly (readonly [string, MakeSite])[] = [
  ['runsignup', runsignupContractSite],
  ['race-roster', raceRosterContractSite],
  ['haku', hakuContractSite],
]
const migrations = join(import.meta.dirname, '..', '..', '..', 'drizzle', 'local')

let folder: string
let store: Store
let orders = 0
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trackside-order-'))
  const clock = () => Date.parse('2026-05-08T12:00:00Z')
  store = openStore({ file: join(folder, 'trackside.db'), migrations, clock })
})
afterEach(() => {
  store.close()
  rmSync(folder, { recursive: true, force: true })
})

const participantsOf = (site: Site): NonNullable<Provider['participants']> => {
  const { participants } = site.provider
  if (!participants) throw new Error('it has participants')
  return participants
}

/** What the store holds of these pages, brought in this order for an event of its own. */
async function stored(site: Site, pages: readonly Page<Json>[]): Promise<readonly unknown[]> {
  const [event] = (await pagesOf(site.provider.events(contextOf(site)))).flatMap(page => page.items)
  if (!event) throw new Error('the site has an event')
  const { normalize } = participantsOf(site)
  const row = store.write(writer =>
    storeEvent(writer, site.provider.id, { ...event, sourceEventId: `order-${orders++}` }),
  )
  for (const page of pages)
    store.write(writer =>
      storeParticipants(
        writer,
        row,
        page.items.map(raw => ({ written: JSON.stringify(raw), participant: normalize(raw) })),
      ),
    )
  return store.read.all(
    `SELECT source_participant_id, first_name, last_name, bib_number, registration_status, normalized_data
     FROM normalized_participants WHERE normalized_event_id = ? ORDER BY source_participant_id`,
    row.id,
  )
}

describe.each(REGISTRATION)('%s', (_, make) => {
  test('any order and repetition of its pages makes the same people', async () => {
    const site = await make({ people: PEOPLE })
    const { remove, keys } = peopleOf(site)
    for (const key of keys().slice(0, 3)) remove(key)
    const context = contextOf(site, { fetch: smallPages(site) })
    const pages = await pagesOf(participantsOf(site).pull(context, peopleOf(site).event, null))
    const straight = await stored(site, pages)
    expect(straight.length).toBeGreaterThanOrEqual(PEOPLE - 3)
    const shuffled = fc
      .array(fc.nat(pages.length - 1), { maxLength: 6 })
      .chain(again =>
        fc.shuffledSubarray([...pages.keys(), ...again], { minLength: pages.length + again.length }),
      )
    await fc.assert(
      fc.asyncProperty(shuffled, async order => {
        expect(
          await stored(
            site,
            order.flatMap(index => pages[index] ?? []),
          ),
        ).toEqual(straight)
      }),
      { numRuns: 12 },
    )
  })

  test('whatever happens between its pages, complete means that everybody was brought', async () => {
    const deed = fc.constantFrom('nothing', 'remove', 'remove many', 'add', 'edit', 'fail', 'page', 'forget')
    await fc.assert(
      fc.asyncProperty(fc.array(deed, { minLength: 1, maxLength: 6 }), fc.nat(1000), async (deeds, seed) => {
        const site = await make({ people: PEOPLE })
        const people = peopleOf(site)
        const before = new Set(people.keys())
        const got = new Set<string>()
        const waiting = [...deeds]
        const some = () => people.keys()[seed % people.keys().length] ?? ''
        let cursor: Cursor | null = null
        let complete = false
        const work = (): boolean => {
          site.advance(1000)
          switch (waiting.shift()) {
            case 'remove':
              people.remove(some())
              return true
            case 'remove many':
              for (let count = 0; count < 27; count++) people.remove(some())
              return true
            case 'add':
              people.add()
              return true
            case 'edit':
              people.edit(some(), 4000 + seed)
              return true
            case 'fail':
              site.server.faults.add({ kind: 'status', status: 429 })
              return true
            case 'page':
              site.server.faults.add({ kind: 'html' })
              return true
            case 'forget':
              return false
            default:
              return true
          }
        }
        for (let runs = 0; runs < 12 && !complete; runs++) {
          try {
            const context = contextOf(site, { fetch: smallPages(site) })
            for await (const page of participantsOf(site).pull(context, people.event, cursor)) {
              for (const item of page.items) got.add(participantsOf(site).normalize(item).sourceParticipantId)
              cursor = page.cursor === null ? null : JSON.parse(JSON.stringify(page.cursor))
              complete = page.complete
              if (!work()) break
            }
          } catch (error) {
            if (!isAppError(error)) throw error
            expect(complete).toBe(false)
          }
        }
        expect(complete).toBe(true)
        const throughout = people.keys().filter(key => before.has(key))
        expect(throughout.filter(key => !got.has(key))).toEqual([])
      }),
      { numRuns: 25 },
    )
  })
})
