import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { effective } from '../../src/core/effective.ts'
import { pathsOf, valueAt } from '../../src/core/json-path.ts'
import {
  applySourceMapping,
  type Choice,
  ENTRY_FIELDS,
  MAPPED_FIELDS,
  type MappingConfig,
  mapEntry,
  NO_MAPPING,
  type ProviderField,
  sourceRule,
  targetRules,
} from '../../src/core/mapping.ts'
import { checkMapping } from '../../src/core/mapping-check.ts'
import { mappingChanges } from '../../src/core/mapping-words.ts'
import { NO_VALUES } from '../../src/core/model.ts'
import type { Transform } from '../../src/core/transforms.ts'
import { ctlive } from '../../src/providers/ctlive/index.ts'
import { runsignup } from '../../src/providers/runsignup/index.ts'

const FIELDS: readonly ProviderField[] = [
  { name: 'last', label: 'Last name', ours: 'last_name', required: true, maxLength: 10 },
  { name: 'first', label: 'First name', ours: 'first_name' },
  { name: 'sex', label: 'Sex', ours: 'gender', codes: ['male', 'female'] },
  { name: 'club', label: 'Club', ours: 'team_name' },
]
const person = (values: Partial<typeof NO_VALUES>) => effective({ ...NO_VALUES, ...values }, {}, null)
const ann = person({ first_name: 'Ann', last_name: 'Ash', gender: 'female', team_name: 'Harbor Striders' })

/** What one of the target's fields is given, with a rule of the crew's. */
function sent(field: string, choice: Choice, somebody = ann) {
  const { values, refusals } = mapEntry(somebody, FIELDS, { source: {}, target: { [field]: choice } })
  return { value: values[field] ?? null, refusals }
}
const through = (transforms: readonly Transform[], somebody = ann, inputs = ['team_name']) =>
  sent('club', { inputs, transforms }, somebody)

describe('a transform', () => {
  const said = (team_name: string | null) => person({ last_name: 'Ash', team_name })

  test.each<[string, Transform, string | null, string | null]>([
    ['trims blanks within, too', { kind: 'trim' }, ' Harbor   Run ', 'Harbor Run'],
    ['writes upper case', { kind: 'case', to: 'upper' }, 'Straße', 'STRASSE'],
    ['writes lower case', { kind: 'case', to: 'lower' }, 'ÉCOLE', 'école'],
    [
      'writes title case',
      { kind: 'case', to: 'title' },
      "O'BRIEN-SMITH of the runner's",
      "O'Brien-Smith Of The Runner's",
    ],
    [
      'reads a date by the first format that fits',
      { kind: 'date', from: ['MM/DD/YYYY', 'D MMM YYYY'], to: 'YYYY-MM-DD' },
      '7 Feb 1988',
      '1988-02-07',
    ],
    [
      'keeps a date’s time zone-less',
      { kind: 'date', from: ['YYYY-MM-DDTHH:mm:ss'], to: 'DD.MM.YYYY HH:mm' },
      '1988-02-29T23:59:59',
      '29.02.1988 23:59',
    ],
    [
      'turns a code, whatever its case',
      { kind: 'codes', table: [{ from: 'f', to: 'female' }], otherwise: 'refuse' },
      ' F ',
      'female',
    ],
    [
      'keeps what is no code',
      { kind: 'codes', table: [{ from: 'f', to: 'female' }], otherwise: 'keep' },
      'Q',
      'Q',
    ],
    [
      'blanks what is no code',
      { kind: 'codes', table: [{ from: 'f', to: 'female' }], otherwise: 'blank' },
      'Q',
      null,
    ],
    ['takes a part', { kind: 'split', separator: ',', part: 2 }, 'Ash, Ann', 'Ann'],
    ['takes the last part', { kind: 'split', separator: ' ', part: -1 }, 'Ann van Ash', 'Ash'],
    [
      'finds nothing where there is no such part',
      { kind: 'split', separator: ',', part: 5 },
      'Ash, Ann',
      null,
    ],
    ['puts a default where nothing is', { kind: 'default', value: 'none' }, null, 'none'],
    ['leaves what is there before a default', { kind: 'default', value: 'none' }, 'Striders', 'Striders'],
    ['cuts by whole characters', { kind: 'cut', length: 2 }, '🏃🏽‍♀️x'.normalize(), '🏃🏽'],
  ])('%s', (_, transform, text, expected) => {
    expect(through([transform], said(text))).toEqual({ value: expected, refusals: [] })
  })

  test.each<[string, Transform, string]>([
    ['31 February', { kind: 'date', from: ['MM/DD/YYYY'], to: 'YYYY-MM-DD' }, '02/31/1988'],
    ['what is no date', { kind: 'date', from: ['MM/DD/YYYY'], to: 'YYYY-MM-DD' }, 'soon'],
    ['what is not in a strict code table', { kind: 'codes', table: [], otherwise: 'refuse' }, 'Q'],
  ])('refuses %s, with the field and what was said', (_, transform, text) => {
    const { value, refusals } = through([transform], said(text))
    expect(value).toBe(null)
    expect(refusals).toEqual([
      { field: 'club', code: 'mapping.refused', reason: expect.stringContaining(text) },
    ])
  })

  test('joins what is filled, and only that', () => {
    const inputs = ['first_name', 'city', 'last_name']
    expect(through([{ kind: 'join', separator: ', ' }], ann, inputs).value).toBe('Ann, Ash')
  })

  test('without a join the first input that is filled counts', () => {
    expect(through([], ann, ['city', 'state', 'last_name', 'first_name']).value).toBe('Ash')
  })

  test('asks another field, ours or the target’s own', () => {
    const only = (field: string, test: 'is' | 'is-not' | 'in', values: string[]) =>
      through([{ kind: 'only-if', field, test, values }]).value
    expect(only('gender', 'is', ['FEMALE'])).toBe('Harbor Striders')
    expect(only('gender', 'is-not', ['female'])).toBe(null)
    expect(only('gender', 'in', ['male', 'female'])).toBe('Harbor Striders')
    expect(only('city', 'is', [''])).toBe('Harbor Striders')
    expect(only('=last', 'is', ['Ash'])).toBe('Harbor Striders')
  })

  test('that a newer version saved is refused by name', () => {
    const later: Transform = JSON.parse('{"kind":"rot13"}')
    expect(through([later]).refusals).toEqual([
      { field: 'club', code: 'mapping.refused', reason: expect.stringContaining('rot13') },
    ])
  })
})

describe('the target’s side', () => {
  test('a plain field of ours and null are read as they always were', () => {
    expect(sent('club', 'last_name').value).toBe('Ash')
    expect(sent('club', null).value).toBe(null)
  })

  test('a needed field without a value names itself', () => {
    expect(mapEntry(person({ first_name: 'Ann' }), FIELDS, NO_MAPPING).refusals).toEqual([
      { field: 'last', code: 'mapping.missing', reason: expect.any(String) },
    ])
  })

  test('what is too long or no word of the target is refused, not shortened', () => {
    const long = person({ last_name: 'Featherstonehaugh', gender: 'F' })
    expect(mapEntry(long, FIELDS, NO_MAPPING).refusals.map(({ field, reason }) => [field, reason])).toEqual([
      ['last', '“Featherstonehaugh” has 17 characters, 10 fit'],
      ['sex', '“F” is none of male, female'],
    ])
    expect(
      sent('last', { inputs: ['last_name'], transforms: [{ kind: 'cut', length: 10 }] }, long).value,
    ).toBe('Featherston'.slice(0, 10))
  })

  test('rules that lead back to each other are refused at both, and nobody hangs', () => {
    const { refusals } = mapEntry(ann, FIELDS, {
      source: {},
      target: {
        first: '=club',
        club: { inputs: ['=first', 'team_name'], transforms: [{ kind: 'join', separator: ' ' }] },
      },
    })
    expect(refusals.map(refusal => refusal.field)).toEqual(['first', 'club'])
    expect(refusals[0]?.reason).toContain('circle')
  })
})

describe('the source’s side', () => {
  const item = {
    user: { dob: '03/11/1988', gender: 'F' },
    age: 'old',
    question_responses: [
      { question_id: 1, question_text: 'Shirt', response: 'M' },
      { question_id: 7, question_text: 'Club v. city?', response: 'Harbor Striders' },
    ],
  }
  const read = (source: MappingConfig['source'], values = NO_VALUES) =>
    applySourceMapping(values, item, { source, target: {} }, runsignup.fields)

  test('a custom question fills a field of ours', () => {
    expect(read({ team_name: 'question_responses[question_id=7].response' }).values.team_name).toBe(
      'Harbor Striders',
    )
    expect(valueAt(item, 'question_responses[question_text=Club v. city?].response')).toBe('Harbor Striders')
  })

  test('a date, a number and a code that cannot be are refused by our field, which is left empty', () => {
    const { values, refusals } = read(
      {
        date_of_birth: '=registration_date',
        race_distance: 'age',
        chips: { inputs: ['user.gender'], transforms: [{ kind: 'codes', table: [], otherwise: 'refuse' }] },
      },
      { ...NO_VALUES, registration_date: '03/11/1988' },
    )
    expect(values).toMatchObject({ date_of_birth: null, race_distance: null, chips: [] })
    expect(refusals.map(refusal => refusal.field).sort()).toEqual(['chips', 'date_of_birth', 'race_distance'])
  })

  test('the path a provider declares for a field is read by the provider itself', () => {
    const values = { ...NO_VALUES, date_of_birth: '1988-03-11' }
    expect(read({ date_of_birth: 'user.dob' }, values).values.date_of_birth).toBe('1988-03-11')
  })

  test('paths are found in real rows, with what the provider calls them', () => {
    const found = pathsOf([item, { ...item, age: 9, user: { dob: '', gender: 'M' } }])
    expect(found).toContainEqual({
      path: 'question_responses[question_id=7].response',
      label: 'Club v. city?',
      samples: ['Harbor Striders'],
      filled: 2,
    })
    expect(found).toContainEqual({ path: 'user.gender', label: null, samples: ['F', 'M'], filled: 2 })
    expect(found.find(one => one.path === 'user.dob')?.filled).toBe(1)
    for (const { path, samples } of found) expect(samples).toContain(String(valueAt(item, path)))
  })
})

describe('a wrong mapping is named by its field:', () => {
  const rule = (...transforms: Transform[]): Choice => ({ inputs: ['team_name'], transforms })
  test.each<[string, MappingConfig['target'], string]>([
    ['an unknown transform', { club: rule(JSON.parse('{"kind":"rot13"}')) }, 'unknown transform “rot13”'],
    ['an unknown field of ours', { club: 'shoe_size' }, '“shoe_size” is no field of ours'],
    ['an unknown field of the target', { shoes: 'last_name' }, 'is no field of the target'],
    ['a needed field that nothing fills', { last: null }, 'is needed'],
    ['a circle', { club: '=first', first: '=club' }, 'circle: first → club → first'],
    [
      'a condition on itself',
      { club: rule({ kind: 'only-if', field: '=club', test: 'is', values: ['x'] }) },
      'circle',
    ],
    [
      'a doubled code',
      {
        club: rule({
          kind: 'codes',
          table: [
            { from: 'M', to: 'a' },
            { from: ' m', to: 'b' },
          ],
          otherwise: 'keep',
        }),
      },
      '“m” is there twice',
    ],
    [
      'a default that is too long',
      { last: { inputs: ['last_name'], transforms: [{ kind: 'default', value: 'unknown name' }] } },
      '12 characters, 10 fit',
    ],
    [
      'a code the target does not take',
      {
        sex: {
          inputs: ['gender'],
          transforms: [{ kind: 'codes', table: [{ from: 'F', to: 'F' }], otherwise: 'keep' }],
        },
      },
      '“F” is none of',
    ],
    ['a date without a year', { club: rule({ kind: 'date', from: ['MM/DD'], to: 'YYYY' }) }, 'needs a YYYY'],
    [
      'a split without a separator',
      { club: rule({ kind: 'split', separator: '', part: 1 }) },
      'no separator',
    ],
    ['part 0', { club: rule({ kind: 'split', separator: ',', part: 0 }) }, 'count from 1'],
    ['a cut to nothing', { club: rule({ kind: 'cut', length: 0 }) }, 'at least 1'],
  ])('%s', (_, target, words) => {
    const problems = checkMapping({ source: {}, target }, FIELDS)
    const [problem] = problems
    expect(Object.keys(target)).toContain(problem?.field)
    expect(problem?.message).toContain(words)
  })

  test('what only the provider may say, and a circle of our fields', () => {
    const problems = checkMapping(
      { source: { registration_status: 'x', city: '=state', state: '=city', wave: '=wave' }, target: {} },
      FIELDS,
    )
    expect(problems.map(({ side, field }) => `${side} ${field}`)).toEqual([
      'source registration_status',
      'source city',
    ])
  })
})

test('what differs between two versions is said by field, in words', () => {
  const after: MappingConfig = {
    source: { wave: null },
    target: {
      club: { inputs: ['team_name'], transforms: [{ kind: 'case', to: 'upper' }] },
      first: { inputs: ['first_name'], transforms: [] },
    },
  }
  expect(mappingChanges({ source: {}, target: { first: 'first_name', last: 'city' } }, after)).toEqual([
    { side: 'source', field: 'wave', before: 'the provider’s default', after: 'nothing' },
    { side: 'target', field: 'last', before: 'city', after: 'the provider’s default' },
    { side: 'target', field: 'club', before: 'the provider’s default', after: 'team_name · UPPER CASE' },
  ])
})

const text = fc.oneof(
  fc.constant(null),
  fc.string({ maxLength: 30 }),
  fc.constantFrom('M', 'Female', '1988-02-30', ' x ', '03/11/1988'),
)
const transform: fc.Arbitrary<Transform> = fc.oneof(
  fc.constant<Transform>({ kind: 'trim' }),
  fc.record({ kind: fc.constant('case' as const), to: fc.constantFrom('upper', 'lower', 'title') }),
  fc.record({
    kind: fc.constant('date' as const),
    from: fc.array(fc.constantFrom('MM/DD/YYYY', 'YYYY-MM-DD', 'x')),
    to: fc.string(),
  }),
  fc.record({
    kind: fc.constant('codes' as const),
    table: fc.array(fc.record({ from: fc.string({ maxLength: 2 }), to: fc.string() }), { maxLength: 4 }),
    otherwise: fc.constantFrom('keep', 'blank', 'refuse'),
  }),
  fc.record({ kind: fc.constant('join' as const), separator: fc.string({ maxLength: 2 }) }),
  fc.record({
    kind: fc.constant('split' as const),
    separator: fc.string({ maxLength: 2 }),
    part: fc.integer({ min: -3, max: 3 }),
  }),
  fc.record({ kind: fc.constant('default' as const), value: fc.string() }),
  fc.record({
    kind: fc.constant('only-if' as const),
    field: fc.constantFrom('gender', '=club', '=nothing', 'x'),
    test: fc.constantFrom('is', 'is-not', 'in'),
    values: fc.array(fc.string()),
  }),
  fc.record({ kind: fc.constant('cut' as const), length: fc.integer({ min: -2, max: 40 }) }),
)
const choice = (inputs: readonly string[]): fc.Arbitrary<Choice> =>
  fc.oneof(
    fc.constant(null),
    fc.constantFrom(...inputs),
    fc.record({
      inputs: fc.array(fc.constantFrom(...inputs), { maxLength: 3 }),
      transforms: fc.array(transform, { maxLength: 4 }),
    }),
  )
const anybody = fc
  .record({
    first_name: text,
    last_name: text,
    gender: text,
    team_name: text,
    date_of_birth: text,
    wave: text,
  })
  .map(values => ({ ...NO_VALUES, ...values }))

describe('for whatever mapping and whoever', () => {
  const names = FIELDS.map(field => field.name)
  const target = fc.dictionary(
    fc.constantFrom(...names),
    choice([...ENTRY_FIELDS, ...names.map(name => `=${name}`), 'x']),
  )
  const source = fc.dictionary(
    fc.constantFrom(...MAPPED_FIELDS),
    choice(['user.dob', 'a.b', '=gender', '=wave', '']),
  )

  test('a mapping run twice gives the same, every field is filled, empty or refused, and every refusal names one', () => {
    fc.assert(
      fc.property(anybody, source, target, (values, ourSide, theirSide) => {
        const mapping = { source: ourSide, target: theirSide }
        const run = () => {
          const read = applySourceMapping(values, { a: { b: values.team_name } }, mapping, runsignup.fields)
          return { read, entry: mapEntry(effective(read.values, {}, null), FIELDS, mapping) }
        }
        const once = run()
        expect(run()).toEqual(once)
        for (const refusal of once.entry.refusals) {
          expect(names).toContain(refusal.field)
          expect(refusal.reason).not.toBe('')
          expect(once.entry.values[refusal.field]).toBe(undefined)
        }
        for (const refusal of once.read.refusals) expect(MAPPED_FIELDS).toContain(refusal.field)
        for (const value of Object.values(once.entry.values)) expect(value.trim()).not.toBe('')
        for (const field of FIELDS)
          expect([...(once.entry.values[field.name] ?? '')].length).toBeLessThanOrEqual(
            field.maxLength ?? 1000,
          )
      }),
    )
  })

  test('a mapping that names every default does what no mapping does', () => {
    const explicit: MappingConfig = {
      source: Object.fromEntries(
        MAPPED_FIELDS.map(field => [field, sourceRule(runsignup.fields, NO_MAPPING, field)]),
      ),
      target: Object.fromEntries(
        targetRules(ctlive.fields, NO_MAPPING).map(({ field, rule }) => [field.name, rule]),
      ),
    }
    expect(checkMapping(explicit, ctlive.fields)).toEqual([])
    fc.assert(
      fc.property(anybody, values => {
        const clean = { ...values, date_of_birth: '1988-03-11' }
        const trimmed = Object.fromEntries(
          Object.entries(clean).map(([field, value]) => [
            field,
            typeof value === 'string' ? value.trim() || null : value,
          ]),
        )
        const given = { ...NO_VALUES, ...trimmed }
        const item = { user: { dob: '11.3.1988' }, corral_name: 'elsewhere' }
        expect(applySourceMapping(given, item, explicit, runsignup.fields)).toEqual({
          values: given,
          refusals: [],
        })
        const somebody = effective(given, {}, null)
        expect(mapEntry(somebody, ctlive.fields, explicit)).toEqual(
          mapEntry(somebody, ctlive.fields, NO_MAPPING),
        )
      }),
    )
  })

  test('a mapping that passes the check meets no unknown transform and no circle', () => {
    fc.assert(
      fc.property(anybody, target, (values, theirSide) => {
        const mapping = { source: {}, target: theirSide }
        fc.pre(checkMapping(mapping, FIELDS).length === 0)
        const { refusals } = mapEntry(effective(values, {}, null), FIELDS, mapping)
        for (const { reason } of refusals) expect(reason).not.toMatch(/circle|knows no transform/)
      }),
    )
  })
})
