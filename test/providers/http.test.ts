import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { type HttpRequest, request } from '../../src/providers/http.ts'
import { answering, type Budget, CANARY, contextFor, sendJson, troubleOf } from './outside.ts'

const get = (url: string, more: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'GET',
  url: new URL(`${url}/Rest/races`),
  keys: CANARY,
  pausesMs: [1, 1],
  ...more,
})

const statusOf = async (status: number, headers: Record<string, string> = {}, body = '') => {
  const { url, asked } = await answering((_, response) => {
    response.writeHead(status, headers).end(body)
  })
  return { error: await troubleOf(() => request(contextFor(), get(url))), calls: asked.length, url }
}

describe('statuses', () => {
  test.each([
    [401, 'provider.keys-refused', false, 1],
    [403, 'provider.forbidden', false, 1],
    [404, 'provider.not-found', false, 1],
    [418, 'provider.refused', false, 1],
    [429, 'provider.throttled', true, 1],
    [500, 'provider.unavailable', true, 3],
    [503, 'provider.unavailable', true, 3],
  ] as const)('HTTP %i is %s', async (status, code, retriable, calls) => {
    const got = await statusOf(status)
    expect([got.error.code, got.error.retriable, got.calls]).toEqual([code, retriable, calls])
    expect(got.error.message).toContain('GET 127.0.0.1')
    expect(got.error.message).toContain('/Rest/races')
  })

  test('Retry-After is read as seconds, as a date by the other side’s clock, and not at all when it is neither', async () => {
    expect((await statusOf(429, { 'retry-after': '17' })).error.retryAfterMs).toBe(17_000)
    const date = 'Sat, 17 May 2025 08:00:00 GMT'
    const later = 'Sat, 17 May 2025 08:01:30 GMT'
    expect((await statusOf(429, { 'retry-after': later, date })).error.retryAfterMs).toBe(90_000)
    expect((await statusOf(429, { 'retry-after': 'soon' })).error.retryAfterMs).toBeNull()
    expect((await statusOf(429)).error.retryAfterMs).toBeNull()
  })

  test('a server that says when it will be back is not asked before', async () => {
    const { error, calls } = await statusOf(503, { 'retry-after': '60' })
    expect([error.retryAfterMs, calls]).toEqual([60_000, 1])
  })

  test('a redirect is not followed, for it would carry keys along', async () => {
    const { error } = await statusOf(302, { location: 'http://127.0.0.1:9/login' })
    expect(error.code).toBe('provider.unreadable')
  })

  test('an answer that echoes the keys shows none of them', async () => {
    const body = `bad query api_key=${CANARY.api_key}&api_secret=${CANARY.api_secret}`
    const { error } = await statusOf(400, {}, body)
    expect(error.message).toContain('bad query api_key=…')
  })
})

describe('answers', () => {
  const jsonOf = async (body: string, type: string) => {
    const { url } = await answering((_, response) => {
      response.writeHead(200, { 'content-type': type }).end(body)
    })
    return request(contextFor(), get(url))
  }

  test.each([
    ['<!doctype html><html><body>Sign in</body></html>', 'text/html', 'a web page instead of data'],
    ['<?xml version="1.0"?><races/>', 'text/xml', 'XML instead of JSON'],
    ['', 'application/json', 'nothing'],
    ['hello', 'text/plain', 'something that is no JSON'],
    ['[{"event":{"event_id":1', 'application/json', 'data that breaks off'],
  ])('%s is unreadable and said so', async (body, type, words) => {
    const answer = await jsonOf(body, type)
    const error = await troubleOf(() => answer.json())
    expect(error.code).toBe('provider.unreadable')
    expect(error.message).toContain(words)
    expect(error.message.length).toBeLessThan(200)
  })

  test('a body beyond the limit is not taken in', async () => {
    const { url } = await answering((_, response) => {
      response.writeHead(200)
      const chunk = Buffer.alloc(1024 * 1024, 32)
      let sent = 0
      const more = (): void => {
        while (sent++ < 70) if (!response.write(chunk)) return void response.once('drain', more)
        response.end()
      }
      more()
    })
    const error = await troubleOf(() => request(contextFor(), get(url)))
    expect([error.code, error.message]).toEqual(['provider.unreadable', expect.stringContaining('64 MB')])
  })
})

describe('the network', () => {
  test('a refused connection is tried twice more and paid for each time', async () => {
    const server = createServer()
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    await new Promise(resolve => server.close(resolve))
    const budget: Budget = { spent: 0 }
    const error = await troubleOf(() => request(contextFor({ budget }), get(`http://127.0.0.1:${port}`)))
    expect([error.code, error.retriable, budget.spent]).toEqual(['network.unreachable', true, 3])
    expect(error.message).toContain('the connection was refused')
  })

  test('a name nobody knows is the network’s trouble, and fetch’s own words are not passed on', async () => {
    const cause = Object.assign(new Error(`getaddrinfo ENOTFOUND ${CANARY.api_key}`), { code: 'ENOTFOUND' })
    const failing = async () => {
      throw new TypeError(`fetch failed: ${CANARY.api_secret}`, { cause })
    }
    const error = await troubleOf(() =>
      request(contextFor({ fetch: failing }), get('https://nowhere.invalid')),
    )
    expect([error.code, error.retriable, error.details]).toEqual([
      'network.unreachable',
      true,
      { reason: 'ENOTFOUND' },
    ])
    expect(error.message).toContain('its name is not known here')
  })

  test('half a body is the network’s trouble, never an answer', async () => {
    const { url, asked } = await answering((_, response) => {
      response.writeHead(200, { 'content-length': '1000' })
      response.write('[{"event":', () => response.destroy())
    })
    const error = await troubleOf(() => request(contextFor(), get(url)))
    expect([error.code, error.retriable, asked.length]).toEqual(['network.unreachable', true, 3])
  })

  test('a connection that breaks once is mended by the second try', async () => {
    let calls = 0
    const { url } = await answering((_, response) => {
      if (++calls === 1) response.destroy()
      else sendJson(response, { races: [] })
    })
    expect((await request(contextFor(), get(url))).json()).toEqual({ races: [] })
  })

  test('silence ends the call, before the answer and in the middle of it, and is not tried again', async () => {
    const mute = await answering(() => {})
    const first = await troubleOf(() => request(contextFor(), get(mute.url, { timeoutMs: 60 })))
    expect([first.code, first.retriable, mute.asked.length]).toEqual(['network.timeout', true, 1])
    const halting = await answering((_, response) => {
      response.writeHead(200).write('[')
    })
    const second = await troubleOf(() => request(contextFor(), get(halting.url, { timeoutMs: 60 })))
    expect(second.code).toBe('network.timeout')
  })

  test('a slow answer that keeps coming is waited for', async () => {
    const { url } = await answering((_, response) => {
      response.writeHead(200)
      const parts = ['[', '1', ',', '2', ']']
      const more = (): void => {
        const part = parts.shift()
        if (part === undefined) response.end()
        else response.write(part, () => setTimeout(more, 150))
      }
      more()
    })
    expect((await request(contextFor(), get(url, { timeoutMs: 400 }))).json()).toEqual([1, 2])
  })

  test('a POST is never sent twice', async () => {
    const { url, asked } = await answering((_, response) => {
      response.writeHead(500).end()
    })
    const error = await troubleOf(() => request(contextFor(), get(url, { method: 'POST', body: '{}' })))
    expect([error.code, asked.length]).toEqual(['provider.unavailable', 1])
  })

  test('cancelling ends the call at once, and nothing is asked after it', async () => {
    const stop = new AbortController()
    const { url, asked } = await answering(() => stop.abort())
    const context = contextFor({ signal: stop.signal })
    expect((await troubleOf(() => request(context, get(url)))).code).toBe('cancelled')
    expect((await troubleOf(() => request(context, get(url)))).code).toBe('cancelled')
    expect(asked.length).toBe(1)
  })
})
