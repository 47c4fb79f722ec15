import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { decideAlert, noteTroubles, openAlerts, resolvedAlerts } from '../../src/monitor/alerts.ts'
import { type Facts, type Trouble, troublesOf } from '../../src/monitor/rules.ts'
import { openStore, type Store } from '../../src/store/store.ts'

const MINUTE = 60_000
const now = Date.parse('2026-05-09T11:00:00Z')
const quiet: Facts = {
  now,
  connections: [],
  budgets: [],
  readers: [],
  freeBytes: 50e9,
  backup: { state: 'ok', message: 'Copies are made.' },
  peers: [],
}
const connection = (changes: Partial<Facts['connections'][number]>): Facts['connections'][number] => ({
  id: '7d0f5cf2-6a1f-4f6e-9d5b-0f2f3c1c0001',
  name: 'Harbor Run',
  last: null,
  notCompared: null,
  apart: [],
  turns: [],
  ...changes,
})
const kinds = (facts: Partial<Facts>): readonly string[] =>
  troublesOf({ ...quiet, ...facts }).map(({ kind }) => kind)

describe('what is wrong', () => {
  test('is nothing where nothing is', () => {
    const good = connection({
      last: { status: 'completed', code: null, message: null },
      turns: [{ eventName: '5K', everyMs: MINUTE, lastGoodAt: now - 2 * MINUTE }],
    })
    expect(kinds({ connections: [good] })).toEqual([])
  })

  test('is a peer that is blocked, or was out of reach for an hour, but not one that is only just offline', () => {
    const peer = {
      ...{ id: 'p', kind: 'central' as const, name: 'db.example.com', message: 'The login is refused.' },
      ...{ toSend: 3, readsToSend: 4, lastInStepAt: now - 5 * MINUTE },
    }
    const [blocked] = troublesOf({ ...quiet, peers: [{ ...peer, state: 'blocked' }] })
    expect(blocked).toMatchObject({ kind: 'replication-blocked', severity: 'bad', subject: 'p' })
    expect(blocked?.message).toBe(
      'The central database (db.example.com) is blocked: The login is refused. 7 changes and reads wait here.',
    )
    expect(kinds({ peers: [{ ...peer, state: 'offline' }] })).toEqual([])
    expect(kinds({ peers: [{ ...peer, state: 'in-step', lastInStepAt: now - 90 * MINUTE }] })).toEqual([])
    const long = { ...peer, state: 'offline', lastInStepAt: now - 3 * 60 * MINUTE }
    expect(troublesOf({ ...quiet, peers: [long] })[0]).toMatchObject({
      ...{ kind: 'replication-offline', severity: 'warn' },
      message:
        'The central database (db.example.com) was not reached for 3 h. 7 changes and reads wait here.',
    })
    expect(kinds({ peers: [{ ...long, lastInStepAt: null }] })).toEqual(['replication-offline'])
  })

  test('is a run that failed, was held or needs a look, but not one that somebody froze', () => {
    const kindsAfter = (status: string, code: string | null = null) =>
      kinds({ connections: [connection({ last: { status, code, message: 'So it is.' } })] })
    expect(kindsAfter('failed')).toEqual(['failed'])
    expect(kindsAfter('held', 'provider.unconfirmed')).toEqual(['held'])
    expect(kindsAfter('needs-a-look')).toEqual(['needs-a-look'])
    expect(kindsAfter('held', 'sync.frozen')).toEqual([])
  })

  test('is what a comparison found and nobody repaired, the worse the nearer the start, and one that failed', () => {
    const apart = [{ eventName: '5K', missing: 2, differing: 1, near: false }]
    const [found, ...others] = troublesOf({ ...quiet, connections: [connection({ apart })] })
    expect(others).toEqual([])
    expect(found).toMatchObject({ kind: 'discrepancy', severity: 'warn' })
    expect(found?.message).toBe('Harbor Run: 5K: 2 missing in scoring, 1 otherwise there.')
    const near = apart.map(event => ({ ...event, near: true }))
    expect(troublesOf({ ...quiet, connections: [connection({ apart: near })] })).toMatchObject([
      { severity: 'bad' },
    ])
    expect(kinds({ connections: [connection({ notCompared: 'So it is.' })] })).toEqual(['not-compared'])
  })

  test('is an event without a good run for more than twice its wait, by the event’s own wait', () => {
    const lastGoodAt = now - 20 * MINUTE
    const turns = [
      { eventName: '5K', everyMs: MINUTE, lastGoodAt },
      { eventName: 'Next month', everyMs: 240 * MINUTE, lastGoodAt },
    ]
    const [found, ...others] = troublesOf({ ...quiet, connections: [connection({ turns })] })
    expect(others).toEqual([])
    expect(found).toMatchObject({ kind: 'stale' })
    expect(found?.message).toBe('Harbor Run: 5K without a good run for 20 min; it is due every 1 min.')
  })

  test('is a budget of which less than a tenth is left, or a provider that asked for patience', () => {
    const budget = { account: 'a/1', provider: 'Provider', left: 99, of: 1000, heldUntil: null }
    expect(kinds({ budgets: [budget] })).toEqual(['budget-short'])
    expect(kinds({ budgets: [{ ...budget, left: 100 }] })).toEqual([])
    expect(kinds({ budgets: [{ ...budget, left: 900, heldUntil: now + MINUTE }] })).toEqual(['budget-short'])
    expect(kinds({ budgets: [{ ...budget, left: 900, heldUntil: now - 1 }] })).toEqual([])
  })

  test('is what readers are alarmed about, the disk and the backup', () => {
    const reader = { device: 'B5-114', location: 'Finish' }
    const found = troublesOf({
      ...quiet,
      readers: [
        { ...reader, code: 'unknown-climbing', amount: 0.4 },
        { ...reader, code: 'clock-off', amount: -2300 },
        { ...reader, code: 'gone', amount: null },
      ],
      freeBytes: 0.1e9,
      backup: { state: 'second-folder', message: 'The stick is not there.' },
    })
    expect(found.map(({ kind, severity }) => `${kind} ${severity}`)).toEqual([
      'unknown-climbing bad',
      'reader-clock-off bad',
      'reader-trouble bad',
      'disk-filling bad',
      'backup-failed warn',
    ])
    expect(found[1]?.message).toBe("B5-114 (Finish): its clock is 2.3 s ahead of the laptop's.")
    for (const { todo } of found) expect(todo).not.toBe('')
  })
})

describe('an alert', () => {
  let store: Store
  let at = now
  beforeEach(() => {
    at = now
    const migrations = join(import.meta.dirname, '..', '..', 'drizzle', 'local')
    store = openStore({ file: ':memory:', migrations, clock: () => at })
  })
  afterEach(() => store.close())

  const disk: Trouble = {
    kind: 'disk-filling',
    subject: 'disk',
    severity: 'warn',
    message: '1.9 GB free.',
    todo: 'Free some.',
    connectionId: null,
  }
  const see = (...troubles: readonly Trouble[]): void => noteTroubles(store, troubles, at)
  const only = () => {
    const [one, ...others] = openAlerts(store.read)
    if (one === undefined || others.length > 0) throw new Error('not one alert')
    return one
  }

  test('lasts as long as its cause, resolves by itself, and counts when it comes again', () => {
    see(disk)
    expect(only()).toMatchObject({ state: 'active', firstSeenAt: now, count: 1 })
    at += MINUTE
    see(disk)
    expect(only()).toMatchObject({ firstSeenAt: now, count: 1 })
    see()
    expect(openAlerts(store.read)).toEqual([])
    expect(resolvedAlerts(store.read, 10)).toMatchObject([{ state: 'resolved', resolvedAt: at }])
    at += MINUTE
    see(disk)
    expect(only()).toMatchObject({ state: 'active', firstSeenAt: at, count: 2, resolvedAt: null })
  })

  test('that goes on unchanged writes nothing', () => {
    see(disk)
    let writes = 0
    store.onChange(() => {
      writes += 1
    })
    see(disk)
    expect(writes).toBe(0)
  })

  test('once acknowledged stays so until it is over, unless it grows worse', () => {
    see(disk)
    decideAlert(store, only().id, null, 'Ann')
    at += 600 * MINUTE
    see({ ...disk, message: '1.5 GB free.' })
    expect(only()).toMatchObject({ state: 'acknowledged', decidedBy: 'Ann', message: '1.5 GB free.' })
    see({ ...disk, severity: 'bad' })
    expect(only()).toMatchObject({ state: 'active', decidedBy: null })
  })

  test('snoozed is active again when its time is over', () => {
    see(disk)
    decideAlert(store, only().id, at + 30 * MINUTE, 'Ann')
    at += 29 * MINUTE
    see(disk)
    expect(only().state).toBe('snoozed')
    at += MINUTE
    see(disk)
    expect(only()).toMatchObject({ state: 'active', snoozedUntil: null })
  })

  test('that is over cannot be acknowledged', () => {
    see(disk)
    const { id } = only()
    see()
    expect(() => decideAlert(store, id, null, 'Ann')).toThrow('over already')
  })
})
