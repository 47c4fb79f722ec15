import { expect, test } from 'vitest'
import { type HubFacts, judgeHub } from '../../src/app/preflight/preflight-hub.ts'

const NOW = Date.UTC(2026, 5, 6, 5)
const MINUTE = 60_000

const desk = { role: 'Help desk', joined: true, connected: true, heardAt: NOW }
const finish = { role: 'Finish', joined: true, connected: true, heardAt: NOW }
const own = (changes: Partial<NonNullable<HubFacts['own']>>): HubFacts => ({
  own: { state: 'running', message: null, laptops: [desk, finish], ...changes },
  joined: [],
})
const guest = (changes: Partial<HubFacts['joined'][number]>): HubFacts => ({
  own: null,
  joined: [
    {
      ...{ name: '192.168.8.20', state: 'in-step', message: null, toSend: 0, readsToSend: 0 },
      ...{ lastInStepAt: NOW - MINUTE, ...changes },
    },
  ],
})

test('without a hub there is nothing to do', () => {
  expect(judgeHub({ own: null, joined: [] }, NOW)).toMatchObject({ state: 'ready', todo: null })
})

test('the hub with everybody on it is ready, and names them', () => {
  expect(judgeHub(own({}), NOW)).toEqual({
    state: 'ready',
    words: 'This laptop is the hub; on it: Help desk, Finish.',
    todo: null,
  })
})

test('who has joined and is not there is named with when it was last heard', () => {
  const gone = { ...finish, connected: false, heardAt: NOW - 12 * MINUTE }
  expect(judgeHub(own({ laptops: [desk, gone] }), NOW)).toMatchObject({
    state: 'look',
    words: 'This laptop is the hub; on it: Help desk. Not on it: Finish (last heard 12 min ago).',
  })
})

test('a code that nobody used is named, and is no reason to look when others are on it', () => {
  const spare = { role: 'Spare', joined: false, connected: false, heardAt: null }
  expect(judgeHub(own({ laptops: [desk, spare] }), NOW)).toMatchObject({
    state: 'ready',
    words: 'This laptop is the hub; on it: Help desk. Code not used yet: Spare.',
  })
})

test('a hub with nobody on it asks for codes', () => {
  expect(judgeHub(own({ laptops: [] }), NOW)).toMatchObject({
    state: 'look',
    words: 'This laptop is the hub; nobody else is on it.',
  })
})

test('a hub that cannot run says why', () => {
  const words = 'The hub cannot listen on port 54385: another program holds it.'
  expect(judgeHub(own({ state: 'failed', message: words }), NOW)).toMatchObject({ state: 'not-ready', words })
  expect(judgeHub(own({ state: 'starting' }), NOW).state).toBe('look')
})

const cases: readonly (readonly [Partial<HubFacts['joined'][number]>, string, string])[] = [
  [{}, 'ready', 'On the hub 192.168.8.20, in step.'],
  [{ state: 'catching-up', toSend: 12, readsToSend: 1 }, 'look', 'catching up: 13 changes to send'],
  [{ state: 'offline', toSend: 1 }, 'look', 'is not reached, last in step 60 s ago. 1 change waits.'],
  [{ state: 'connecting', lastInStepAt: null }, 'look', 'never in step yet. Nothing waits.'],
  [{ state: 'blocked', message: 'The hub refuses this login.' }, 'not-ready', 'The hub refuses this login.'],
]

test.each(cases)('a laptop on a hub that is %j', (changes, state, words) => {
  const judged = judgeHub(guest(changes), NOW)
  expect(judged.state).toBe(state)
  expect(judged.words).toContain(words)
})
