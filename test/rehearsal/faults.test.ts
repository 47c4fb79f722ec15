import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createFaults, type Faults } from '../../src/rehearsal/faults.ts'
import type { OutsideServer } from '../../src/rehearsal/http-host.ts'
import { createRegistrations } from '../../src/rehearsal/registrations.ts'
import { createRunSignUpServer } from '../../src/rehearsal/runsignup-server.ts'

const keys = { api_key: 'k', api_secret: 's' }
let faults: Faults
let server: OutsideServer

beforeEach(async () => {
  const registrations = createRegistrations({ clock: Date.now })
  registrations.addRace({ name: 'Harbor Run', timezone: 'America/New_York' })
  faults = createFaults()
  server = createRunSignUpServer({ registrations, keys, clock: Date.now, faults })
  await server.start()
})
afterEach(() => server.stop())

const call = (path = '/races') => fetch(`${server.url}${path}?format=json&api_key=k&api_secret=s`)

describe('the outside misbehaves', () => {
  test('with a status and its headers, once, then is well again', async () => {
    faults.add({ kind: 'status', status: 429, headers: { 'Retry-After': '7' } })
    const refused = await call()
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '7'])
    expect((await call()).status).toBe(200)
    expect(server.calls.map(({ path, fault }) => [path, fault])).toEqual([
      ['/Rest/races', 'status'],
      ['/Rest/races', null],
    ])
  })

  test('only where it is told to', async () => {
    faults.add({ kind: 'status', status: 500, method: 'GET', path: '/race/88' })
    expect((await call()).status).toBe(200)
    expect((await call('/race/88001')).status).toBe(500)
    expect(faults.waiting).toBe(0)
  })

  test('with a web page instead of data', async () => {
    faults.add({ kind: 'html' })
    const response = await call()
    expect(response.status).toBe(200)
    expect(await response.text()).toContain('<html>')
  })

  test('with half an answer', async () => {
    faults.add({ kind: 'half' })
    const response = await call()
    expect(Number(response.headers.get('content-length'))).toBeGreaterThan(10)
    await expect(response.text()).rejects.toThrow()
  })

  test('with a cut', async () => {
    faults.add({ kind: 'cut' })
    await expect(call()).rejects.toThrow()
  })

  test('by being slow', async () => {
    faults.add({ kind: 'slow', ms: 80 })
    faults.latencyMs = 40
    const began = performance.now()
    expect((await call()).status).toBe(200)
    expect(performance.now() - began).toBeGreaterThan(110)
  })

  test('by being out of the network until it is back', async () => {
    faults.add({ kind: 'hang' })
    const hanging = call()
    const lost = expect(hanging).rejects.toThrow()
    while (server.calls.length === 0) await new Promise(resolve => setTimeout(resolve, 5))
    faults.down = true
    await lost
    await expect(call()).rejects.toThrow()
    faults.down = false
    expect((await call()).status).toBe(200)
  })
})

test('a server stops promptly although a call hangs, and its port can be taken again', async () => {
  faults.add({ kind: 'hang' })
  const hanging = call()
  const lost = expect(hanging).rejects.toThrow()
  while (server.calls.length === 0) await new Promise(resolve => setTimeout(resolve, 5))
  const began = performance.now()
  await server.stop()
  await lost
  expect(performance.now() - began).toBeLessThan(500)
  await server.start()
  expect((await call()).status).toBe(200)
})

test('start says that a port is taken', async () => {
  const port = Number(new URL(server.url).port)
  const registrations = createRegistrations({ clock: Date.now })
  const second = createRunSignUpServer({ registrations, keys, clock: Date.now, port })
  await expect(second.start()).rejects.toThrow('EADDRINUSE')
})
