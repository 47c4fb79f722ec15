import { expect, test } from 'vitest'
import {
  leavingInWords,
  peerFacts,
  peersInWords,
  peerTrouble,
} from '../../../src/renderer/words/replication.ts'

const peer = {
  ...{ id: 'p', kind: 'central' as const, name: 'db.example.com', state: 'offline' as const },
  ...{
    words: 'offline',
    short: 'offline',
    own: false,
    code: 'central.unreachable',
    message: 'It does not answer.',
  },
  ...{ toSend: 3, readsToSend: 40, toTake: null, etaMs: null, lagMs: 90_000 },
  ...{ lastInStepAt: 10_000, nextTryAt: 100_000 },
}

test('a peer’s figures are said with their terms', () => {
  const said = Object.fromEntries(peerFacts(peer, 70_000).map(({ term, words }) => [term, words]))
  expect(said).toEqual({
    'Waits here': '3 changes and 40 reads',
    'Waits there': 'not known',
    'Behind by': '90 s',
    'Last in step': '60 s ago',
    'Next try': 'in 30 s',
  })
  const inStep = { ...peer, state: 'in-step' as const, toSend: 0, readsToSend: 0, toTake: 0, lagMs: null }
  expect(peerFacts(inStep, 70_000).map(({ words }) => words)).toEqual([
    '0 changes',
    '0 changes',
    'nothing',
    '60 s ago',
  ])
})

test('before leaving it is said what never got there', () => {
  expect(leavingInWords(peer)).toContain('3 changes and 40 reads of this laptop did not get there yet')
  expect(leavingInWords({ ...peer, toSend: 0, readsToSend: 0 })).toContain(
    'Everything of this laptop is there',
  )
  expect(peersInWords([])).toBe('works alone')
  expect(peersInWords([peer])).toBe('1 joined')
})

test('what keeps a hub is mended at the hub', () => {
  const refused = { ...peer, code: 'central.refused', message: 'The hub refuses this login' }
  expect(peerTrouble({ ...refused, kind: 'hub' })).toBe(
    'The hub refuses this login. Give out another code for this laptop at the hub.',
  )
  expect(peerTrouble(refused)).toContain('Ask whoever runs the central database')
  expect(peerTrouble({ ...peer, message: null })).toBeNull()
})
