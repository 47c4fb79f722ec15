import { expect, test } from 'vitest'
import {
  type HubLaptop,
  type HubState,
  hubWords,
  laptopWords,
  lockingInWords,
  stoppingInWords,
} from '../../../src/renderer/words/hub.ts'

const NOW = Date.UTC(2026, 5, 6, 5)

const hub: HubState = {
  canBe: true,
  ...{ on: true, state: 'running', message: null, port: 54_385, fingerprint: 'ab', since: NOW },
  ...{ addresses: ['192.168.8.20', '10.0.0.7'], laptops: [] },
}
const laptop: HubLaptop = {
  ...{ login: 'l', role: 'Help desk', name: 'desk-1', connected: true, address: '192.168.8.21' },
  ...{ invitedAt: NOW, joinedAt: NOW, heardAt: NOW, revokedAt: null, self: false },
}

test('a hub says where it is found, and that on no network nobody reaches it', () => {
  expect(hubWords(hub)).toEqual({
    tone: 'good',
    words: 'This laptop is the hub, at 192.168.8.20 or 10.0.0.7, port 54385.',
  })
  expect(hubWords({ ...hub, addresses: [] })).toMatchObject({ tone: 'warn' })
  expect(hubWords({ ...hub, state: 'failed', message: 'The disk is too full.' })).toEqual({
    tone: 'bad',
    words: 'The disk is too full.',
  })
  expect(hubWords({ ...hub, state: 'stopped' }).tone).toBe('warn')
  expect(hubWords({ ...hub, state: 'stopped', on: false }).words).toBe('This laptop is not the hub.')
})

test('a laptop is connected, away since when, not there yet, or locked out', () => {
  expect(laptopWords(laptop, NOW)).toEqual({ tone: 'good', words: 'connected' })
  expect(laptopWords({ ...laptop, connected: false, heardAt: NOW - 180_000 }, NOW)).toMatchObject({
    tone: 'bad',
    words: 'not connected, last heard 3 min ago',
  })
  expect(laptopWords({ ...laptop, connected: false, joinedAt: null, heardAt: null }, NOW).words).toBe(
    'code not used yet',
  )
  expect(laptopWords({ ...laptop, revokedAt: NOW }, NOW).words).toBe('code taken back')
  expect(laptopWords({ ...laptop, self: true }, NOW).words).toBe('is the hub')
})

test('a hub that stops says who is on it and what becomes of them, and asks nothing where nobody is', () => {
  const self: HubLaptop = { ...laptop, self: true, role: 'Hub' }
  const invited: HubLaptop = { ...laptop, joinedAt: null, heardAt: null, connected: false, name: null }
  const lockedOut: HubLaptop = { ...laptop, revokedAt: NOW }
  expect(stoppingInWords([self, invited, lockedOut], NOW)).toBeNull()
  const away: HubLaptop = { ...laptop, role: 'Start', name: 'st-2', connected: false, heardAt: NOW - 720_000 }
  const finish: HubLaptop = { ...laptop, role: 'Finish', name: 'fin-1' }
  const [who, alone] = stoppingInWords([self, laptop, finish, away, invited], NOW) ?? []
  expect(who).toBe(
    '3 other laptops on this hub · connected Help desk (desk-1) and Finish (fin-1) · not connected Start (st-2), last heard 12 min ago.',
  )
  expect(alone).toContain('Each of them works on alone')
  expect(stoppingInWords([laptop], NOW)?.[1]).toContain('It works on alone')
})

test('locking out says whether the laptop is there, and what stays on it', () => {
  expect(lockingInWords(laptop, NOW)).toMatch(/^Help desk \(desk-1\) is connected\. It comes in no more/)
  expect(lockingInWords({ ...laptop, connected: false, heardAt: NOW - 180_000 }, NOW)).toMatch(
    /^Help desk \(desk-1\), last heard 3 min ago\. /,
  )
})
