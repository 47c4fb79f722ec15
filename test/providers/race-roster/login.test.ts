import { describe, expect, test } from 'vitest'
import { raceRoster } from '../../../src/providers/race-roster/index.ts'
import { answering, contextFor, sendJson, troubleOf } from '../outside.ts'
import { raceRosterSite } from './site.ts'

const AUTHORIZE = '/oauth/authorize'

describe('the login', () => {
  test.each(['list', 'object', 'bare'] as const)('is read when its answer is a %s', async tokenWrap => {
    const site = await raceRosterSite({ tokenWrap })
    expect(await raceRoster.check(site.contextOf())).toEqual({
      name: site.login.username,
      details: ['This login sees 1 coming event'],
    })
  })

  test('sends client and user as one form, and the token as Bearer', async () => {
    const site = await raceRosterSite()
    await raceRoster.check(site.contextOf())
    const [login, events] = site.server.calls
    expect([login?.method, login?.headers['content-type']]).toEqual([
      'POST',
      'application/x-www-form-urlencoded',
    ])
    expect(Object.fromEntries(new URLSearchParams(login?.body))).toEqual({
      grant_type: 'access_token',
      ...site.login,
    })
    expect(events?.headers.authorization).toBe(`Bearer ${site.server.issued[0]}`)
  })

  test('is made once for all the calls of a day', async () => {
    const site = await raceRosterSite()
    for (let call = 0; call < 3; call++) await raceRoster.check(site.contextOf())
    expect(site.asked().filter(path => path === AUTHORIZE)).toHaveLength(1)
    site.advance(86_400_000 - 6 * 60_000)
    await raceRoster.check(site.contextOf())
    expect(site.asked().filter(path => path === AUTHORIZE)).toHaveLength(1)
  })

  test('is renewed by the refresh token shortly before its end, and by the keys where that is refused', async () => {
    const site = await raceRosterSite()
    const grants = () =>
      site.server.calls
        .filter(call => call.path.endsWith(AUTHORIZE))
        .map(call => new URLSearchParams(call.body).get('grant_type'))
    await raceRoster.check(site.contextOf())
    site.advance(86_400_000 - 60_000)
    await raceRoster.check(site.contextOf())
    expect(grants()).toEqual(['access_token', 'refresh_token'])
    site.server.revoke('everything')
    site.advance(86_400_000)
    await raceRoster.check(site.contextOf())
    expect(grants()).toEqual(['access_token', 'refresh_token', 'refresh_token', 'access_token'])
  })

  test('that ended before its time is made anew once, and the call again', async () => {
    const site = await raceRosterSite()
    await raceRoster.check(site.contextOf())
    site.server.revoke('everything')
    await raceRoster.check(site.contextOf())
    expect(site.asked()).toEqual([AUTHORIZE, '/v1/events', '/v1/events', AUTHORIZE, '/v1/events'])
    site.server.faults.add({ kind: 'status', status: 401, path: '/events', times: 5 })
    expect((await troubleOf(() => raceRoster.check(site.contextOf()))).code).toBe('provider.keys-refused')
    expect(site.asked().slice(5)).toEqual(['/v1/events', AUTHORIZE, '/v1/events'])
    expect(site.budget.spent).toBe(site.server.calls.length)
  })

  test('is not tried twice where a token fresh from the keys is refused', async () => {
    const site = await raceRosterSite()
    site.server.faults.add({ kind: 'status', status: 401, path: '/events', times: 5 })
    expect((await troubleOf(() => raceRoster.check(site.contextOf()))).code).toBe('provider.keys-refused')
    expect(site.asked()).toEqual([AUTHORIZE, '/v1/events'])
  })

  test('with wrong or missing keys is refused, and what was said is told without them', async () => {
    const site = await raceRosterSite()
    const credentials = { ...site.login, password: 'canary-wrong' }
    const error = await troubleOf(() => raceRoster.check(site.contextOf({ credentials })))
    expect([error.code, error.message]).toEqual([
      'provider.keys-refused',
      'Race Roster refused the login: The user credentials were incorrect.',
    ])
    const { client_secret: _, ...without } = site.login
    expect((await troubleOf(() => raceRoster.check(site.contextOf({ credentials: without })))).code).toBe(
      'provider.keys-refused',
    )
    expect(site.server.calls).toHaveLength(1)
  })

  test('refused with status 400 is about the keys too, and echoes none of them', async () => {
    const { url } = await answering((_, response, request) => {
      request.resume()
      response.writeHead(400, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ error: 'invalid_grant', error_description: 'no canary-password here' }))
    })
    const credentials = {
      client_id: 'canary-client',
      client_secret: 'canary-secret',
      username: 'canary@example.com',
      password: 'canary-password',
    }
    const error = await troubleOf(() =>
      raceRoster.check(contextFor({ credentials, settings: { base_url: url } })),
    )
    expect([error.code, error.message]).toEqual([
      'provider.keys-refused',
      'Race Roster refused the login: no … here',
    ])
  })

  test('that is renewed tells no refresh token, though the refusal repeats it', async () => {
    let now = 0
    const { url } = await answering((url, response, request) => {
      let body = ''
      request.on('data', chunk => {
        body += chunk
      })
      request.on('end', () => {
        if (!url.pathname.endsWith(AUTHORIZE)) sendJson(response, { metadata: { totalResults: 0 }, data: [] })
        else if (body.includes('refresh_token=')) response.writeHead(418).end(`Not for ${body}`)
        else sendJson(response, { access_token: 'token-1', refresh_token: 'canary+refresh', expires_in: 900 })
      })
    })
    const credentials = { client_id: 'c', client_secret: 'secret', username: 'u', password: 'password' }
    const context = contextFor({ credentials, settings: { base_url: url }, clock: () => now })
    await raceRoster.check(context)
    now = 1_000_000
    const error = await troubleOf(() => raceRoster.check(context))
    expect([error.code, error.message]).toEqual(['provider.refused', expect.stringContaining('Not for')])
  })

  test('of one account is never used for another', async () => {
    const seen: (string | undefined)[] = []
    const { url } = await answering((url, response, request) => {
      if (url.pathname.endsWith(AUTHORIZE)) {
        let body = ''
        request.on('data', chunk => {
          body += chunk
        })
        request.on('end', () =>
          sendJson(response, {
            data: [{ access_token: `for ${new URLSearchParams(body).get('password')}`, expires_in: '86400' }],
          }),
        )
      } else {
        seen.push(request.headers.authorization)
        sendJson(response, { metadata: { totalResults: 0 }, data: [] })
      }
    })
    for (const password of ['one-password', 'two-password', 'one-password']) {
      const credentials = { client_id: 'c', client_secret: 's', username: 'u', password }
      await raceRoster.check(contextFor({ credentials, settings: { base_url: url } }))
    }
    expect(seen).toEqual(['Bearer for one-password', 'Bearer for two-password', 'Bearer for one-password'])
  })
})
