import type { Reply } from './http-messages.ts'

export interface RaceRosterLogin {
  readonly client_id: string
  readonly client_secret: string
  readonly username: string
  readonly password: string
}

/** How the answer to a login is wrapped: each was met by a client. */
export type TokenWrap = 'list' | 'object' | 'bare'

const DAY_S = 86_400

/** Race Roster's authorization server: a token opens for a day, a refresh token buys one new token. */
export function createRaceRosterTokens(parts: {
  readonly login: RaceRosterLogin
  readonly wrap: TokenWrap
  readonly clock: () => number
}) {
  const access = new Map<string, number>()
  const refresh = new Set<string>()
  const issued: string[] = []
  let made = 0

  function issue(): Reply {
    made += 1
    const token = {
      access_token: `jwt.access.${made}`,
      token_type: 'Bearer',
      expires_in: DAY_S,
      refresh_token: `jwt.refresh.${made}`,
    }
    access.set(token.access_token, parts.clock() + DAY_S * 1000)
    refresh.add(token.refresh_token)
    issued.push(token.access_token, token.refresh_token)
    const body = parts.wrap === 'bare' ? token : { data: parts.wrap === 'list' ? [token] : token }
    return { status: 200, type: 'application/json', body: JSON.stringify(body) }
  }

  return {
    /** Every token handed out so far, of both kinds. */
    issued: issued as readonly string[],
    authorize(body: string): Reply {
      const form = new URLSearchParams(body)
      const { login } = parts
      const known =
        form.get('client_id') === login.client_id && form.get('client_secret') === login.client_secret
      if (!known) return refusal(401, 'invalid_client', 'Client authentication failed')
      switch (form.get('grant_type')) {
        case 'access_token':
          return form.get('username') === login.username && form.get('password') === login.password
            ? issue()
            : refusal(401, 'invalid_grant', 'The user credentials were incorrect.')
        case 'refresh_token':
          return refresh.delete(form.get('refresh_token') ?? '')
            ? issue()
            : refusal(401, 'invalid_grant', 'The refresh token is invalid.')
        default:
          return refusal(400, 'unsupported_grant_type', 'The grant type is not supported.')
      }
    },
    opens: (header: string | undefined): boolean => {
      const until = access.get(/^Bearer (.+)$/.exec(header ?? '')?.[1] ?? '')
      return until !== undefined && parts.clock() < until
    },
    /** Every token handed out is void from now on; refresh tokens too where it is said. */
    revoke(what: 'access' | 'everything'): void {
      access.clear()
      if (what === 'everything') refresh.clear()
    },
  }
}

/** [G] Which status goes with these words was not seen. */
const refusal = (status: number, error: string, description: string): Reply => ({
  status,
  type: 'application/json',
  body: JSON.stringify({ error, error_description: description, hint: 'Check the credentials' }),
})
