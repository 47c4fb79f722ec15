import { expect, test } from 'vitest'
import { peerShown } from '../../src/app/replication-shown.ts'
import { aloneInWords, peerInShort, peerInWords } from '../../src/app/replication-words.ts'
import type { PeerStatus } from '../../src/replication/replication.ts'

const peer: PeerStatus = {
  ...{ id: 'p', kind: 'central', name: 'db.example.com', state: 'in-step', code: null, message: null },
  ...{ toSend: 0, readsToSend: 0, toTake: 0, etaMs: null, lagMs: null, lastInStepAt: 5, nextTryAt: null },
}

test.each<[string, Partial<PeerStatus>]>([
  ['in step', {}],
  ['connecting', { state: 'connecting' }],
  ['connecting, 2 changes wait', { state: 'connecting', toSend: 2 }],
  ['offline', { state: 'offline' }],
  ['offline, 1 change waits', { state: 'offline', toSend: 1 }],
  ['offline, 134 changes wait', { state: 'offline', toSend: 134 }],
  ['offline, 1,203 changes and 18,400 reads wait', { state: 'offline', toSend: 1203, readsToSend: 18_400 }],
  ['offline, 1 read waits', { state: 'offline', readsToSend: 1 }],
  ['catching up', { state: 'catching-up', toTake: null }],
  [
    'catching up, 1,203 changes, about 2 min',
    { state: 'catching-up', toSend: 3, toTake: 1200, etaMs: 120_000 },
  ],
  ['catching up, 40 reads', { state: 'catching-up', readsToSend: 40 }],
  [
    'blocked: login refused',
    { state: 'blocked', code: 'central.refused', message: 'It refuses this login.' },
  ],
  [
    'blocked: The central database refuses this login: no such role, 3 changes wait',
    { state: 'blocked', message: 'The central database refuses this login: no such role.', toSend: 3 },
  ],
  ['blocked: it does not say why', { state: 'blocked' }],
])('%s', (words, change) => {
  expect(peerInWords({ ...peer, ...change })).toBe(words)
})

test('a laptop that works alone says what it keeps', () => {
  expect(aloneInWords(134)).toBe('works alone, 134 changes kept here')
})

test.each<[string, Partial<PeerStatus>]>([
  ['in step', {}],
  ['offline, 134 changes wait', { state: 'offline', toSend: 134 }],
  ['offline, 19,603 wait', { state: 'offline', toSend: 1203, readsToSend: 18_400 }],
  [
    'catching up, 1,203 to go, about 2 min',
    { state: 'catching-up', toSend: 3, toTake: 1200, etaMs: 120_000 },
  ],
  ['catching up', { state: 'catching-up', toTake: null }],
  ['blocked: login refused, 1 change waits', { state: 'blocked', code: 'central.refused', toSend: 1 }],
  [
    'blocked, 3 changes wait',
    { state: 'blocked', message: 'The central database says something that nobody foresaw.', toSend: 3 },
  ],
])('a status bar says it short: %s', (words, change) => {
  expect(peerInShort({ ...peer, ...change })).toBe(words)
})

test('the hub that this laptop itself is, is said to be its own', () => {
  expect(peerShown({ ...peer, kind: 'hub' }, 'p').own).toBe(true)
  expect(peerShown({ ...peer, kind: 'hub' }, 'another').own).toBe(false)
})
