import { request } from 'node:http'
import { expect, test } from 'vitest'
import { isAppError } from '../../src/core/errors.ts'
import { createServer } from '../../src/server/server.ts'
import { json, openDoor } from './open-door.ts'

/** fetch does not let a test choose its Host. */
const statusAs = (url: string, headers: Record<string, string>, path = '/api/health'): Promise<number> =>
  new Promise((resolve, reject) => {
    request(url + path, { headers: { authorization: 'Bearer manager-token', ...headers } }, answer => {
      answer.resume()
      resolve(answer.statusCode ?? 0)
    })
      .on('error', reject)
      .end()
  })

test('401 on every call without a known token, loopback too', async () => {
  const { ask } = await openDoor()
  for (const path of [
    '/api/health',
    '/api/nothing',
    '/api/openapi.json',
    '/api/stream',
    '/rpc/system/health',
  ]) {
    for (const token of [null, 'wrong']) {
      const answer = await ask(path, {}, token)
      expect(answer.status, `${path} ${token}`).toBe(401)
      expect(answer.headers.get('www-authenticate')).toBe('Bearer')
    }
  }
  const { error } = (await (await ask('/api/health', {}, null)).json()) as { error: { code: string } }
  expect(error.code).toBe('auth.required')
})

test('a display reads and may not write', async () => {
  const { ask } = await openDoor()
  expect((await ask('/api/health', {}, 'display-token')).status).toBe(200)
  const write = await ask(
    '/api/race-days',
    json({ name: 'A', date: '2026-05-08', event_ids: [] }),
    'display-token',
  )
  expect(write.status).toBe(403)
  expect(await write.json()).toMatchObject({ error: { code: 'auth.forbidden' } })
})

test('other names for this machine are refused, pages too', async () => {
  const { url } = await openDoor()
  const { port } = new URL(url)
  for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`]) {
    expect(await statusAs(url, { host }), host).toBe(200)
  }
  for (const host of [
    'evil.example',
    `evil.example:${port}`,
    '127.0.0.1',
    'localhost:1',
    `127.0.0.1.evil.example:${port}`,
  ]) {
    expect(await statusAs(url, { host }), host).toBe(403)
    expect(await statusAs(url, { host }, '/'), host).toBe(403)
  }
})

test('pages of others may not call, with a good token either', async () => {
  const { url, ask } = await openDoor()
  const { port } = new URL(url)
  expect(await statusAs(url, { origin: url })).toBe(200)
  for (const origin of [
    'http://evil.example',
    'null',
    `http://localhost:${port}`,
    'http://127.0.0.1:1',
    'nonsense',
  ]) {
    expect(await statusAs(url, { origin }), origin).toBe(403)
  }
  const foreign = { ...json({ token: 'manager-token' }), headers: { origin: 'http://evil.example' } }
  expect((await ask('/sign-in', foreign, null)).status).toBe(403)
})

test('a port that is taken is said by start', async () => {
  const { url, tokens } = await openDoor()
  const second = createServer({
    app: { router: {} as never, access: tokens },
    host: '127.0.0.1',
    port: Number(new URL(url).port),
    rendererFolder: null,
    version: '0.0.0',
    log: { info() {}, warn() {}, error() {} },
  })
  const error = await second.start().catch((e: unknown) => e)
  expect(isAppError(error) && error.code).toBe('port.taken')
  await second.stop()
})
