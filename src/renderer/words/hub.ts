import type { Outputs } from '../client.ts'
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

/** When a laptop was invited and when it came. */
export function laptopHistory({ invitedAt, joinedAt }: HubLaptop, now: number): string {
  const joined = joinedAt === null ? '' : `, joined ${moment(joinedAt, null, now)}`
  return `Invited ${moment(invitedAt, null, now)}${joined}`
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
