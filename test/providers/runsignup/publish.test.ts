import { describe, expect, test } from 'vitest'
import type { ResultRow, ResultToPublish } from '../../../src/providers/provider.ts'
import { runsignup } from '../../../src/providers/runsignup/index.ts'
import { answering, contextFor, pagesOf, sendJson, troubleOf } from '../outside.ts'
import { runsignupSite } from './site.ts'

function sending() {
  const found = runsignup.publication?.sending
  if (!found) throw new Error('RunSignUp takes results')
  return found
}

const RESULT: ResultToPublish = {
  key: 'k1',
  sourceParticipantId: '51000001',
  bib: '214',
  firstName: 'Ana',
  lastName: 'Berg',
  overallPlace: 3,
  gunTimeMs: 1_450_319,
  chipTimeMs: 1_445_000,
  splits: [{ name: 'Turn  Around', gunMs: 700_000, chipMs: 695_500 }],
  status: 'finished',
}
const PLACE = { id: '9', splitIds: { 'turn around': '71' } }
const EVENT = { sourceEventId: '700101', sourceRaceId: '88001', timezone: null }

/** RunSignUp that answers every POST so; the last request it got. */
async function posted(row: ResultRow, answer: unknown) {
  let form = new URLSearchParams()
  const { url } = await answering((_, response, request) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      form = new URLSearchParams(Buffer.concat(chunks).toString())
      sendJson(response, answer)
    })
  })
  const outcomes = await sending().publish(contextFor({ settings: { base_url: url } }), EVENT, PLACE, [row])
  return { outcomes, form, body: JSON.parse(form.get('request') ?? '') }
}

describe('a result for RunSignUp', () => {
  test('is found there by registration, with times to the hundredth and the splits that its set has', () => {
    expect(sending().values(RESULT, PLACE)).toEqual({
      registration_id: '51000001',
      bib_num: '214',
      place: '3',
      clock_time: '0:24:10.31',
      chip_time: '0:24:05.00',
      'split-71': '0:11:35.50',
    })
    expect(sending().values(RESULT, null)).not.toHaveProperty('split-71')
  })

  test('of a walk-up is sent with a name', () => {
    expect(sending().values({ ...RESULT, sourceParticipantId: null }, null)).toMatchObject({
      bib_num: '214',
      first_name: 'Ana',
      last_name: 'Berg',
    })
  })

  test.each(['dq', 'dns', 'dnf'] as const)(
    'that is %s says so in the place of its times, and has no place',
    status => {
      const values = sending().values({ ...RESULT, status }, null)
      expect(values).toMatchObject({ clock_time: status.toUpperCase(), chip_time: status.toUpperCase() })
      expect(values).not.toHaveProperty('place')
    },
  )

  test('that is new is a form with JSON in it, and its id comes back', async () => {
    const values = sending().values(RESULT, PLACE)
    const { outcomes, form, body } = await posted(
      { key: 'k1', resultId: null, values },
      { results: [{ result_id: 64 }] },
    )
    expect(outcomes).toEqual([{ key: 'k1', ok: true, resultId: '64' }])
    expect(Object.fromEntries(form)).toMatchObject({
      event_id: '700101',
      individual_result_set_id: '9',
      request_format: 'json',
    })
    expect(body.results).toEqual([{ ...values, registration_id: 51_000_001, bib_num: 214, place: 3 }])
  })

  test('that is corrected takes back a place and splits it no longer has', async () => {
    const values = sending().values({ ...RESULT, status: 'dq', splits: [] }, PLACE)
    const { body } = await posted({ key: 'k1', resultId: '64', values }, { results: [{ result_id: 64 }] })
    expect(body.results[0]).toMatchObject({ result_id: 64, place: null, 'split-71': 'X', chip_time: 'DQ' })
  })

  test('that is refused is trouble with one record', async () => {
    const answer = { results: [{ error: { error_code: 115, error_msg: 'Bib invalid' } }] }
    const { outcomes } = await posted({ key: 'k1', resultId: null, values: {} }, answer)
    expect(outcomes).toMatchObject([
      { ok: false, code: 'result.refused', message: expect.stringContaining('115') },
    ])
  })

  test('without an answer of its own is not taken for accepted', async () => {
    const trouble = await troubleOf(() => posted({ key: 'k1', resultId: null, values: {} }, { results: [] }))
    expect(trouble.code).toBe('provider.unreadable')
  })
})

describe('the place of results', () => {
  const placeOf = async (sets: readonly unknown[], settings: Readonly<Record<string, string>> = {}) => {
    const { url } = await answering((_, response) => sendJson(response, { individual_results_sets: sets }))
    return sending().place(contextFor({ settings: { base_url: url, ...settings } }), EVENT, false)
  }
  const set = (id: number, name: string, more: object = {}) => ({
    individual_result_set_id: id,
    individual_result_set_name: name,
    ...more,
  })

  test('is none where none is asked to be made, the only one, ours of several, or the one named', async () => {
    expect(await placeOf([])).toBeNull()
    expect(await placeOf([set(1, 'Overall', { results_headers: { 'split-71': 'Turn Around' } })])).toEqual({
      id: '1',
      splitIds: { 'turn around': '71' },
    })
    const several = [set(1, 'Overall'), set(2, 'Results', { results_source_name: 'Trackside' })]
    expect(await placeOf(several)).toMatchObject({ id: '2' })
    expect(await placeOf(several, { result_set: 'overall' })).toMatchObject({ id: '1' })
  })

  test('is asked for where several could be meant, and never guessed', async () => {
    const trouble = await troubleOf(() => placeOf([set(1, 'Men'), set(2, 'Women')]))
    expect(trouble).toMatchObject({ code: 'input.invalid', message: expect.stringContaining('"Women"') })
    expect((await troubleOf(() => placeOf([set(1, 'Men')], { result_set: 'All' }))).code).toBe(
      'provider.not-found',
    )
  })

  test('is made once, and what stands there is read back page by page', async () => {
    const { contextOf, refOf, fiveK } = await runsignupSite({ people: 3 })
    const ref = refOf(fiveK)
    const made = await sending().place(contextOf(), ref, true)
    if (made === null) throw new Error('no place was made')
    expect(await sending().place(contextOf(), ref, true)).toEqual(made)
    const people = [51_000_001, 51_000_002].map((registration, index) => ({
      key: String(index),
      resultId: null,
      values: {
        registration_id: String(registration),
        bib_num: String(index + 1),
        place: String(index + 1),
        chip_time: '0:20:00.00',
      },
    }))
    const outcomes = await sending().publish(contextOf(), ref, made, people)
    const held = (await pagesOf(sending().readBack(contextOf(), ref, made))).flatMap(page => page.items)
    expect(held.map(({ resultId }) => resultId)).toEqual(outcomes.map(one => (one.ok ? one.resultId : null)))
    expect(held[1]).toMatchObject({
      bib: '2',
      values: { place: '2', clock_time: '', chip_time: '0:20:00.00' },
    })
  })
})
