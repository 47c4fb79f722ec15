import type { Outputs } from '../client.ts'
import { counted, listed } from './numbers.ts'
import type { Said } from './said.ts'
import { ago, moment } from './time.ts'

export type HubState = Outputs['hub']['status']
export type HubLaptop = HubState['laptops'][number]

/** What the hub of this laptop does. */
export function hubWords({ on, state, message, addresses, port }: HubState): Said {
  switch (state) {
    case 'starting':
      return { words: 'Starting. The first time takes some ten seconds.', tone: 'plain' }
    case 'failed':
      return { words: message ?? 'The hub cannot run.', tone: 'bad' }
    case 'stopped':
      return on
        ? { words: 'This laptop is to be the hub, and is not running it yet.', tone: 'warn' }
        : { words: 'This laptop is not the hub.', tone: 'plain' }
    case 'running': {
      if (addresses.length === 0)
        return {
          words: `This laptop is the hub, but on no network: nobody reaches it. Port ${port}.`,
          tone: 'warn',
        }
      return { words: `This laptop is the hub, at ${addresses.join(' or ')}, port ${port}.`, tone: 'good' }
    }
  }
}

/** How one laptop stands to the hub. */
export function laptopWords({ joinedAt, connected, heardAt, revokedAt, self }: HubLaptop, now: number): Said {
  if (revokedAt !== null) return { words: 'code taken back', tone: 'plain' }
  if (self) return { words: 'is the hub', tone: 'good' }
  if (joinedAt === null) return { words: 'code not used yet', tone: 'warn' }
  if (connected) return { words: 'connected', tone: 'good' }
  return {
    words: heardAt === null ? 'not connected' : `not connected, last heard ${ago(heardAt, now)}`,
    tone: 'bad',
  }
}

/** Others that came in by a code and may come again. */
const joinedOthers = (laptops: readonly HubLaptop[]): readonly HubLaptop[] =>
  laptops.filter(({ self, joinedAt, revokedAt }) => !self && joinedAt !== null && revokedAt === null)

const calledAs = ({ role, name }: HubLaptop): string => (name === null ? role : `${role} (${name})`)

const heardInWords = (laptop: HubLaptop, now: number): string =>
  `${calledAs(laptop)}, ${laptop.heardAt === null ? 'never heard' : `last heard ${ago(laptop.heardAt, now)}`}`

/** What becomes of the others when the hub stops, a sentence or two each; null where there are none: nothing is asked. */
export function stoppingInWords(laptops: readonly HubLaptop[], now: number): readonly string[] | null {
  const others = joinedOthers(laptops)
  if (others.length === 0) return null
  const here = others.filter(({ connected }) => connected).map(calledAs)
  const away = others.filter(({ connected }) => !connected).map(laptop => heardInWords(laptop, now))
  const who = [
    `${counted(others.length, 'other laptop')} on this hub`,
    ...(here.length > 0 ? [`connected ${listed(here)}`] : []),
    ...(away.length > 0 ? [`not connected ${away.join('; ')}`] : []),
  ].join(' · ')
  const each = others.length === 1 ? 'It' : 'Each of them'
  const they = others.length === 1 ? 'it finds' : 'they find'
  return [
    `${who}.`,
    `${each} works on alone and keeps all it has. What it did and this laptop has not seen waits there, and so does what it does from now on. When this laptop is the hub again ${they} it without another code.`,
    `${each} sends to registration and scoring only while the central database can be asked whose turn it is, or after somebody there takes it over.`,
    'To make another laptop the hub: start it there and give out its codes, then stop this one.',
  ]
}

/** What locking out does to a laptop that has joined. */
export function lockingInWords(laptop: HubLaptop, now: number): string {
  const who = laptop.connected ? `${calledAs(laptop)} is connected` : heardInWords(laptop, now)
  return `${who}. It comes in no more, and what it did and this laptop has not seen stays on it. What is on its disk it keeps, and works on alone. To let it in again it takes another code.`
}

/** When a laptop was invited and when it came. */
export function laptopHistory({ invitedAt, joinedAt }: HubLaptop, zone: string, now: number): string {
  const joined = joinedAt === null ? '' : `, joined ${moment(joinedAt, zone, now)}`
  return `Invited ${moment(invitedAt, zone, now)}${joined}`
}

/** What laptops on a site mostly are. */
export const USUAL_ROLES = [
  'Help desk',
  'Start',
  'Finish',
  'Announcer',
  'Check-in',
  'Results',
  'Spare',
] as const
