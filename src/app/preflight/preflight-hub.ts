import type { PeerStatus } from '../../replication/replication.ts'
import { ageInWords, counted } from '../words.ts'
import { type Judged, look, notReady, ready } from './preflight-judged.ts'

/** Who shares this site. */
export interface HubFacts {
  /** This laptop as the hub; null when it is not to be one. */
  readonly own: {
    readonly state: 'stopped' | 'starting' | 'running' | 'failed'
    readonly message: string | null
    /** Laptops with a code that holds, without this one. */
    readonly laptops: readonly {
      readonly role: string
      readonly connected: boolean
      readonly joined: boolean
      readonly heardAt: number | null
    }[]
  } | null
  /** Hubs this laptop has joined, without its own. */
  readonly joined: readonly Pick<
    PeerStatus,
    'name' | 'state' | 'message' | 'toSend' | 'readsToSend' | 'lastInStepAt'
  >[]
}

function asHub({ state, message, laptops }: NonNullable<HubFacts['own']>, now: number): Judged {
  if (state === 'failed')
    return notReady(
      message ?? 'The hub cannot run.',
      'Mend it under Connections, Central and hub, or let another laptop be the hub.',
    )
  if (state !== 'running')
    return look(
      'This laptop is to be the hub and does not run it yet.',
      'Wait a few seconds, then look again.',
    )
  const here = laptops.filter(({ connected }) => connected).map(({ role }) => role)
  const away = laptops.filter(({ connected, joined }) => joined && !connected)
  const unused = laptops.filter(({ joined }) => !joined).map(({ role }) => role)
  const on = here.length === 0 ? 'nobody else is on it' : `on it: ${here.join(', ')}`
  const off = away.map(({ role, heardAt }) =>
    heardAt === null ? role : `${role} (last heard ${ageInWords(now - heardAt)} ago)`,
  )
  const words = [
    `This laptop is the hub; ${on}.`,
    ...(off.length > 0 ? [`Not on it: ${off.join(', ')}.`] : []),
    ...(unused.length > 0 ? [`Code not used yet: ${unused.join(', ')}.`] : []),
  ].join(' ')
  if (off.length > 0)
    return look(words, 'Look at their network, or take the codes back of who does not come.')
  return here.length === 0 ? look(words, 'Give out codes under Connections, Central and hub.') : ready(words)
}

const waiting = (changes: number): string =>
  changes === 0 ? 'Nothing waits.' : `${counted(changes, 'change')} ${changes === 1 ? 'waits' : 'wait'}.`

function asGuest(hub: HubFacts['joined'][number], now: number): Judged {
  const waits = hub.toSend + hub.readsToSend
  const last =
    hub.lastInStepAt === null ? 'never in step yet' : `last in step ${ageInWords(now - hub.lastInStepAt)} ago`
  switch (hub.state) {
    case 'in-step':
      return ready(`On the hub ${hub.name}, in step.`)
    case 'catching-up':
      return look(
        `On the hub ${hub.name}, catching up: ${counted(waits, 'change')} to send.`,
        'Wait until it is in step.',
      )
    case 'connecting':
    case 'offline':
      return look(
        `The hub ${hub.name} is not reached, ${last}. ${waiting(waits)}`,
        'Look at the network of both, and whether Trackside runs there.',
      )
    case 'blocked':
      return notReady(
        `${hub.message ?? `The hub ${hub.name} refuses this laptop.`}`,
        'Get a new code from the hub.',
      )
  }
}

/** The line about the hub: whose it is, who is on it. Without one there is nothing to do. */
export function judgeHub({ own, joined }: HubFacts, now: number): Judged {
  if (own !== null) return asHub(own, now)
  const [hub] = joined
  return hub === undefined ? ready('None: this laptop shares with no other on the site.') : asGuest(hub, now)
}
