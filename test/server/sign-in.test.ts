import { expect, test } from 'vitest'
import { json, openDoor } from './open-door.ts'

const cookieOf = (answer: Response): string => answer.headers.get('set-cookie')?.split(';')[0] ?? ''

test('the printed address signs one browser in, once', async () => {
  const { server, ask, url } = await openDoor()
  const path = server.signInAddress().slice(url.length)
  const first = await ask(path, {}, null)
  expect(first.status).toBe(303)
  expect(first.headers.get('location')).toBe('/')
  expect(first.headers.get('set-cookie')).toMatch(/^trackside_\d+=\S+; Path=\/; HttpOnly; SameSite=Strict$/)
  const cookie = cookieOf(first)
  const health = await ask('/api/health', { headers: { cookie } }, null)
  expect(await health.json()).toMatchObject({ you: { name: 'manager', role: 'manager' } })

  const again = await ask(path, {}, null)
  expect(again.status).toBe(401)
  expect(again.headers.get('set-cookie')).toBeNull()
  expect(await again.text()).toMatch(/already used/)
  const reload = await ask(path, { headers: { cookie } }, null)
  expect(reload.status).toBe(303)
})

test('a HEAD that looks ahead does not use the address up', async () => {
  const { server, ask, url } = await openDoor()
  const path = server.signInAddress().slice(url.length)
  await ask(path, { method: 'HEAD' }, null)
  expect((await ask(path, {}, null)).status).toBe(303)
})

test.each([
  ['json', json({ token: 'crew-token' })],
  ['form', { method: 'POST', body: new URLSearchParams({ token: 'crew-token' }) }],
])('a token given as %s signs in', async (_, init) => {
  const { ask } = await openDoor()
  const answer = await ask('/sign-in', init, null)
  expect(answer.status).toBe(303)
  const health = await ask('/api/health', { headers: { cookie: cookieOf(answer) } }, null)
  expect(await health.json()).toMatchObject({ you: { name: 'Ana', role: 'crew' } })
})

test('a wrong token, a made-up session, one that signed out, one whose token was taken back', async () => {
  const { ask, tokens, url } = await openDoor()
  const wrong = await ask('/sign-in', json({ token: 'wrong' }), null)
  expect(wrong.status).toBe(401)
  expect(await wrong.json()).toMatchObject({ error: { code: 'auth.required' } })
  expect((await ask('/sign-in', json({}), null)).status).toBe(400)
  const made = `trackside_${new URL(url).port}=made-up`
  expect((await ask('/api/health', { headers: { cookie: made } }, null)).status).toBe(401)

  const open = async () => ({
    headers: { cookie: cookieOf(await ask('/sign-in', json({ token: 'crew-token' }), null)) },
  })
  const left = await open()
  await ask('/sign-out', { method: 'POST', ...left }, null)
  expect((await ask('/api/health', left, null)).status).toBe(401)
  const taken = await open()
  expect((await ask('/api/health', taken, null)).status).toBe(200)
  tokens.take('crew-token')
  expect((await ask('/api/health', taken, null)).status).toBe(401)
})
