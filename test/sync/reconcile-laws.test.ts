import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { createWorld, type World } from '../support/world.ts'

let world: World
afterEach(() => world.stop())

const PEOPLE = 24
const bib = fc.integer({ min: 1, max: PEOPLE })
type Mischief = typeof mischief extends fc.Arbitrary<infer done> ? done : never
/** What may happen to scoring while nobody looks. */
const mischief = fc.oneof(
  fc.record({ kind: fc.constant('name' as const), bib, text: fc.stringMatching(/^[A-Z][a-z]{2,8}$/) }),
  fc.record({ kind: fc.constant('blank' as const), bib }),
  fc.record({ kind: fc.constant('bib' as const), bib, other: fc.integer({ min: 2000, max: 9000 }) }),
  fc.record({ kind: fc.constant('lose-key' as const), bib }),
  fc.record({ kind: fc.constant('remove' as const), bib }),
  fc.record({ kind: fc.constant('twice' as const), bib }),
  fc.record({ kind: fc.constant('by-hand' as const), text: fc.stringMatching(/^[A-Z][a-z]{2,8}$/) }),
)

test('compared twice it is the same; repaired, nothing of ours differs; what only scoring has is never written', async () => {
  world = await createWorld({ people: PEOPLE })
  const { id: connectionId } = await world.connect()
  await world.call().sync.manual({ connectionId, wait: true })
  const raceId = String(world.scoredRace.race_id)
  const entries = () => world.scoring.entriesOf({ raceId })
  const ours = new Map(entries().map(entry => [Number(entry.entry_bib), entry]))
  const call = world.call().reconciliation
  const compare = async () => {
    const {
      operationId: _,
      operation: __,
      events: ___,
      readAt: ____,
      ...counts
    } = await call.run({
      connectionId,
      wait: true,
    })
    const kinds = ['differs', 'only-here', 'only-there', 'gone-here'] as const
    const pages = await Promise.all(kinds.map(kind => call.findings({ connectionId, kind, limit: 1000 })))
    const findings = pages.flatMap(page => page.findings.map(({ id: _, ...finding }) => finding))
    return { counts, findings }
  }
  const entryOf = (wanted: number): string | null => {
    const key = ours.get(wanted)?.entry_external_id
    return entries().find(entry => entry.entry_external_id === key)?.entry_id ?? null
  }
  const happen = (done: Mischief): void => {
    if (done.kind === 'by-hand') {
      world.scoring.addEntry(raceId, { athlete_last_name: done.text, entry_bib: 'H1' })
      return
    }
    const id = entryOf(done.bib)
    if (id === null) return
    const edit = (fields: Record<string, string>) => world.scoring.editEntry(id, fields)
    switch (done.kind) {
      case 'name':
        edit({ athlete_last_name: done.text })
        return
      case 'blank':
        edit({ athlete_email: '' })
        return
      case 'bib':
        edit({ entry_bib: String(done.other) })
        return
      case 'lose-key':
        edit({ entry_external_id: '' })
        return
      case 'remove':
        world.scoring.removeEntry(id)
        return
      case 'twice':
        world.scoring.addEntry(raceId, { ...world.scoring.entry(id), entry_bib: 'H2' })
        return
    }
  }

  await fc.assert(
    fc.asyncProperty(fc.array(mischief, { maxLength: 8 }), async doings => {
      for (const done of doings) happen(done)
      const first = await compare()
      expect(await compare()).toEqual(first)

      const notOurs = first.findings.filter(({ kind }) => kind === 'only-there')
      const before = notOurs.map(({ targetEntryId }) => world.scoring.entry(targetEntryId ?? ''))
      const calls = world.ctlive.calls.length
      if (first.counts.toRepair > 0) {
        const asked = await call.repair({ connectionId, wait: true })
        // Many bibs within a day of the start: somebody looks, and lets it go on.
        if (asked.status === 'needs-a-look') await world.call().sync.goOn({ id: asked.id, wait: true })
      }
      const touched = world.ctlive.calls.slice(calls).filter(({ method }) => method === 'PUT')
      for (const { targetEntryId } of notOurs)
        expect(touched.some(({ path }) => path.includes(`/entry/${targetEntryId}`))).toBe(false)
      expect(notOurs.map(({ targetEntryId }) => world.scoring.entry(targetEntryId ?? ''))).toEqual(before)

      const after = await compare()
      expect(after.counts).toMatchObject({ differing: 0, onlyInSource: 0, toRepair: 0, inBoth: PEOPLE })
      expect(after.counts.onlyInTarget).toBe(notOurs.length)
    }),
    { numRuns: 25 },
  )
}, 120_000)
