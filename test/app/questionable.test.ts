import { afterEach, beforeEach, expect, test } from 'vitest'
import { createCounting } from '../../src/app/counting/counting.ts'
import { ensureLocation, updateLocation } from '../../src/store/locations.ts'
import { journal } from '../../src/store/reads.ts'
import { createLinker } from '../../src/timing/linker.ts'
import { NOON, putRace, quiet, type TestStore, testStore } from '../timing/race.ts'

/** In an order of their own: neither that of the bibs nor that of the ids is the list's. */
const names = Array.from({ length: 230 }, (_, n) => `runner-${(n * 97) % 230}`)

let stage: TestStore
beforeEach(() => {
  stage = testStore()
  const session = putRace(
    stage.store,
    names.map((id, n) => ({ id, bib: String(n + 1) })),
  )
  stage.store.write(writer => {
    updateLocation(writer, { id: ensureLocation(writer, session, 'Mat'), kind: 'split', distanceKm: 5 })
    const reads = names.map((_, n) => ({
      ...{ kind: 'chip' as const, identity: `f|${n}`, source: 'test', device: 'box', streamId: null },
      ...{ streamLocation: 'Finish', sequence: n, chip: String(n + 1), bibNumber: null },
      ...{ readAt: NOON + n * 1000, rawTime: null, timeProblem: null, antenna: null, rssi: null },
      ...{ lap: null, raw: '' },
    }))
    journal(writer, session, reads, NOON)
  })
  createLinker({ store: stage.store, log: quiet }).linkNow()
})
afterEach(() => stage.close())

test('hundreds of questionable people come page by page by their names, each once', async () => {
  const { questionable } = createCounting(stage.store.read, Date.now)
  const listed = async (limit: number): Promise<readonly string[]> => {
    const found: string[] = []
    let after: string | undefined
    do {
      const page = await questionable({ raceDayId: 'day', eventId: undefined, kind: 'missed', after, limit })
      found.push(...page.people.map(({ participantId }) => participantId))
      after = page.next ?? undefined
    } while (after !== undefined)
    return found
  }
  expect(await listed(1000)).toEqual(names.toSorted())
  expect(await listed(70)).toEqual(names.toSorted())
})
