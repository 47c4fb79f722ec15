import { expect, test } from 'vitest'
import type { OfficeWork } from '../../../src/api/identity.ts'
import { doneInWords, personInWords, wordInWords, workInWords } from '../../../src/renderer/words/identity.ts'

const NOW = 1_000_000
const work: OfficeWork = {
  ...{ keeps: true, state: 'resting', message: null, registrations: 214, people: 200 },
  ...{ lastDoneAt: null, feedTidiedAt: null, feedTidied: 0 },
}

test.each<readonly [words: string | RegExp, change: Partial<OfficeWork>]>([
  [
    'The Trackside that the office runs as a service computes who is one person over events.',
    { keeps: false },
  ],
  ['Nobody is to be compared.', {}],
  ['Comparing: 214 registrations compared, 200 people so far.', { state: 'working' }],
  ['600 first names wait.', { state: 'waits', message: '600 first names wait.' }],
  [/ago: 214 registrations compared, 200 people\.$/, { lastDoneAt: NOW - 60_000 }],
])('how far people are compared is said: %s', (words, change) => {
  expect(workInWords({ ...work, ...change }, NOW)).toMatch(words)
})

const registration = {
  ...{ id: 'r', name: 'Ana Ruiz', email: null, phone: null, dateOfBirth: null, city: null },
  ...{ eventName: '5K', eventDate: null, provider: 'haku', evidence: null },
}

test('how sure it is is said of who has several registrations, and a decision names them', () => {
  const one = { id: 'p', name: 'Ana Ruiz', confidence: 0.94, registrations: [registration] }
  expect(personInWords(one)).toBe('1 registration')
  expect(personInWords({ ...one, registrations: [registration, registration] })).toBe(
    '2 registrations, 94 % sure',
  )
  const word = { id: 'd', reason: 'she called', decidedAt: NOW, withdrawnAt: null }
  expect(wordInWords({ ...word, kind: 'same', names: ['Ana, 5K', 'Anna, 10K'] })).toBe(
    'Joined: Ana, 5K; Anna, 10K',
  )
  expect(wordInWords({ ...word, kind: 'apart', names: ['Ana, 5K'] })).toBe('Split off: Ana, 5K')
  expect(doneInWords('same', [registration, { ...registration, name: 'Anna', eventName: '10K' }])).toMatch(
    /^Joined: Ana Ruiz, 5K; Anna, 10K\. One person/,
  )
  expect(doneInWords('apart', [registration])).toMatch(
    /^Split off: Ana Ruiz, 5K\. .* split each off, then join/,
  )
})
