import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json } from '../../../src/core/runtime.ts'
import { haku } from '../../../src/providers/haku/index.ts'
import type { Cursor, ProviderContext } from '../../../src/providers/provider.ts'

interface Row {
  readonly id: string
  changed: number
  bib: number
}

const T0 = Date.parse('2026-05-08T11:00:00Z')

/** Haku's answers without a network, from a list that somebody works on before every call. */
function restless(people: number, before: (call: number, hands: ReturnType<typeof handsOf>) => void) {
  let now = T0
  const rows: Row[] = Array.from({ length: people }, (_, n) => ({
    id: `R${n}`,
    changed: T0 - n * 7000,
    bib: n,
  }))
  const hands = handsOf(rows, () => {
    now += 50
    return now
  })
  let calls = 0
  const answer = (body: unknown, status = 200) =>
    new Response(JSON.stringify(body), { status, headers: { date: new Date(now).toUTCString() } })
  const fetchOnce: typeof fetch = async input => {
    now += 100
    const url = new URL(String(input))
    if (url.pathname.endsWith('/token')) return answer({ access_token: 'token', expires_in: 3600 })
    before(calls++, hands)
    const [, , , child, id] = url.pathname.split('/').map(decodeURIComponent)
    if (child === undefined || id === undefined) {
      const page = Number(url.searchParams.get('page'))
      const listed = [...rows].sort((a, b) => b.changed - a.changed).slice((page - 1) * 25, page * 25)
      return answer(listed.map(row => ({ registration_number: row.id })))
    }
    const row = rows.find(one => one.id === id)
    if (!row) return answer({}, 404)
    return answer({
      registration_number: row.id,
      event_categories: [{ tag_number: row.bib }],
      updated_at: new Date(row.changed).toISOString(),
    })
  }
  return { rows, hands, fetch: fetchOnce, clock: () => now }
}

const handsOf = (rows: Row[], tick: () => number) => ({
  edit(which: number) {
    const row = rows[which % Math.max(rows.length, 1)]
    if (row) Object.assign(row, { changed: tick(), bib: row.bib + 1000 })
  },
  remove(which: number) {
    rows.splice(which % Math.max(rows.length, 1), 1)
    tick()
  },
  add(id: string) {
    rows.push({ id, changed: tick(), bib: 1 })
  },
})

const deed = fc.record({
  call: fc.nat(140),
  what: fc.constantFrom('edit', 'edit', 'edit', 'remove', 'add', 'edit many', 'remove many', 'cut'),
  which: fc.nat(1000),
})

test('whatever happens between any two calls, complete means everybody, and the next fetch brings them as they are', async () => {
  const { participants } = haku
  if (!participants) throw new Error('Haku has participants')
  await fc.assert(
    fc.asyncProperty(
      fc.array(deed, { maxLength: 14 }),
      fc.integer({ min: 0, max: 110 }),
      async (deeds, people) => {
        let works = true
        const cuts = new Set(deeds.filter(({ what }) => what === 'cut').map(({ call }) => call))
        let made = 0
        const side = restless(people, (call, hands) => {
          for (const { what, which } of deeds.filter(one => works && one.call === call)) {
            if (what === 'edit') hands.edit(which)
            if (what === 'add') hands.add(`N${call}-${which}`)
            if (what === 'remove') hands.remove(which)
            if (what === 'edit many') for (let n = 0; n < 60; n++) hands.edit(which + n * 3)
            if (what === 'remove many') for (let n = 0; n < 40; n++) hands.remove(which)
          }
        })
        const throughout = new Set(side.rows.map(({ id }) => id))
        const context: ProviderContext = {
          settings: { base_url: 'https://restless.example', auth_url: 'https://restless.example' },
          credentials: { client_id: 'c', client_secret: 'restless-secret' },
          fetch: side.fetch,
          clock: side.clock,
          signal: new AbortController().signal,
          async spend() {
            if (cuts.delete(made++)) throw new Error('cut')
          },
        }
        const got = new Map<string, string | null>()
        const whole = { sourceEventId: '1', sourceRaceId: '1', timezone: null }
        let cursor: Cursor | null = null
        const fetchAll = async (): Promise<void> => {
          for (let tries = 0; tries < 20; tries++) {
            try {
              for await (const page of participants.pull(context, whole, cursor)) {
                for (const item of page.items as readonly Json[]) {
                  const { sourceParticipantId, values } = participants.normalize(item)
                  got.set(sourceParticipantId, values.bib_number)
                }
                cursor = JSON.parse(JSON.stringify(page.cursor))
                if (page.complete) return
              }
            } catch (error) {
              expect(String(error)).toContain('cut')
            }
          }
          throw new Error('it never ends')
        }
        await fetchAll()
        const missed = side.rows.filter(({ id }) => throughout.has(id) && !got.has(id))
        expect(missed).toEqual([])
        // Nobody works any more: what changed while the first fetch ended is in the next one.
        works = false
        await fetchAll()
        expect(side.rows.filter(({ id, bib }) => got.get(id) !== String(bib))).toEqual([])
      },
    ),
    { numRuns: 150 },
  )
})
