import { expect, test } from 'vitest'
import { json, openDoor } from './open-door.ts'
import { DAY, SESSION } from './small-router.ts'

test('snake_case both ways, with the caller in it', async () => {
  const { ask } = await openDoor()
  const health = await ask('/api/health')
  expect(health.status).toBe(200)
  expect(await health.json()).toMatchObject({ uptime_s: 12, can_practice: false, you: { name: 'manager' } })

  const made = await ask('/api/race-days', json({ name: 'A', date: '2026-05-08', event_ids: [DAY] }))
  expect(await made.json()).toMatchObject({ starts: [{ event_id: DAY, planned_at: 5, corrected_at: null }] })
})

test('what keys are not ours pass, in errors too', async () => {
  const { ask } = await openDoor()
  const settings = { base_url: 'x', camelKey: 'y' }
  const refused = await ask(
    '/api/provider-connections/test',
    json({ source_provider: 'a', target_provider: 'b', source_settings: settings }),
  )
  expect(refused.status).toBe(422)
  expect(await refused.json()).toEqual({
    error: { code: 'provider.keys-refused', message: 'Refused.', details: settings },
  })
})

test('a body that does not fit says which field, in the names the caller used', async () => {
  const { ask } = await openDoor()
  const bad = await ask('/api/race-days', json({ name: 'A', date: 'soon', event_ids: ['x'] }))
  expect(bad.status).toBe(400)
  const { error } = (await bad.json()) as {
    error: { code: string; message: string; details: { issues: unknown[] } }
  }
  expect(error.code).toBe('input.invalid')
  expect(error.message).toMatch(/^date: .*1 more/)
  expect(error.details.issues).toMatchObject([{ field: 'date' }, { field: 'event_ids.0' }])

  const query = await ask('/api/participants/lookup?race_day_id=5')
  expect(query.status).toBe(400)
  expect(await query.json()).toMatchObject({ error: { message: expect.stringMatching(/^race_day_id: /) } })
})

test.each([
  ['malformed JSON', json('{"a":'), /not valid JSON/],
  ['no body', { method: 'POST' }, /does not fit/],
  ['a list', json([1]), /does not fit/],
  [
    'bytes',
    { method: 'POST', headers: { 'content-type': 'text/csv' }, body: 'a,b' },
    /text\/csv is not taken/,
  ],
] as const)('%s is 400 in words', async (_, init, words) => {
  const { ask } = await openDoor()
  const bad = await ask('/api/race-days', init)
  expect(bad.status).toBe(400)
  expect(await bad.json()).toMatchObject({
    error: { code: 'input.invalid', message: expect.stringMatching(words) },
  })
})

test('a body too large is 413 in words', async () => {
  const { ask } = await openDoor()
  const large = await ask('/api/race-days', json(`"${'x'.repeat(65 * 1024 * 1024)}"`))
  expect(large.status).toBe(413)
  expect(await large.json()).toMatchObject({
    error: { code: 'input.invalid', message: expect.stringMatching(/64 MB/) },
  })
})

test('expected trouble keeps its code; a route nobody knows is 404', async () => {
  const { ask } = await openDoor()
  const missing = await ask(`/api/participants/lookup?race_day_id=${DAY}`)
  expect(missing.status).toBe(404)
  expect(await missing.json()).toEqual({ error: { code: 'not-found', message: `No race day ${DAY}.` } })

  const conflict = await ask('/api/practice', { method: 'POST' })
  expect(conflict.status).toBe(409)
  expect(await conflict.json()).toMatchObject({ error: { code: 'conflict', details: { someKey: 1 } } })

  for (const [path, method] of [
    ['/api/nothing', 'GET'],
    ['/api/health', 'DELETE'],
    ['/api', 'GET'],
    ['/rpc/nothing', 'POST'],
  ] as const) {
    const unknown = await ask(path, { method })
    expect(unknown.status, path).toBe(404)
    expect(unknown.headers.get('content-type')).toMatch(/json/)
  }
})

test('a bug is 500 without its text, and in the log', async () => {
  const { ask, logged } = await openDoor()
  const failed = await ask('/api/details')
  expect(failed.status).toBe(500)
  const text = await failed.text()
  expect(JSON.parse(text)).toMatchObject({ error: { code: 'internal' } })
  expect(text).not.toMatch(/secret|at /)
  expect(logged).toHaveLength(1)
  expect(logged[0]).toMatchObject({ err: expect.objectContaining({ message: 'a bug with a secret' }) })
})

test('a file comes as multipart', async () => {
  const { ask, seen } = await openDoor()
  const form = new FormData()
  form.set('session_id', SESSION)
  form.set('location', 'FINISH')
  form.set('file', new File(['TO~1\n'], 'reads.csv'))
  const done = await ask('/api/timing/import', { method: 'POST', body: form })
  expect(await done.json()).toMatchObject({ lines: 1, refused_count: 0 })
  expect(seen.imported).toMatchObject([{ sessionId: SESSION, location: 'FINISH', file: 'TO~1\n' }])
})

test('events stream at once, and stop ends them promptly', async () => {
  const { ask, server, seen } = await openDoor()
  const stream = await ask('/api/stream')
  expect(stream.headers.get('content-type')).toMatch('text/event-stream')
  const reader = stream.body?.getReader()
  let text = ''
  while (!text.includes('\n\n') || !text.includes('data:')) {
    const { value } = (await reader?.read()) ?? {}
    text += new TextDecoder().decode(value)
  }
  expect(text).toMatch('data: {"topics":["reads"],"at":1}')
  const before = Date.now()
  await server.stop()
  expect(Date.now() - before).toBeLessThan(1000)
  await reader?.read().catch(() => {})
  await expect.poll(() => seen.ended).toBe(1)
})
