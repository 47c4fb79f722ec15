import type { Evidence, Operation } from '../core/settings.ts'
import type { Ability, Provider } from './provider.ts'

/** One of the operations of an adapter, and whether this provider does it; if not, why. */
export type Able =
  | { readonly ability: Ability; readonly does: true; readonly evidence: Evidence }
  | { readonly ability: Ability; readonly does: false; readonly why: string }

/** The existing platform's adapter in its order, and the way of bibs back. */
export const ABILITIES: readonly Ability[] = [
  'authenticate',
  'events',
  'participants',
  'create-event',
  'push',
  'results',
  'publish',
  'field-mapping',
  'write-back',
]

/** The evidence that covers it: the form's fields are ours, so that mapping is as sure as what is mapped. */
const operationOf = (provider: Provider, ability: Ability): Operation | null => {
  switch (ability) {
    case 'authenticate':
      return 'check'
    case 'events':
      return 'events'
    case 'participants':
      return provider.participants ? 'participants' : null
    case 'create-event':
      return null
    case 'push':
      return provider.entries ? 'push' : null
    case 'results':
      return provider.results ? 'results' : null
    case 'publish':
      return provider.publication?.sending ? 'publish' : null
    case 'field-mapping':
      if (provider.fields.length === 0) return null
      return provider.participants ? 'participants' : 'push'
    case 'write-back':
      return provider.writeBack ? 'write-back' : null
  }
}

/** What one side of a connection does not do because the other does. */
const OF_ROLE: Readonly<Record<Provider['roles'][number], { readonly [ability in Ability]?: string }>> = {
  registration: {
    'create-event': 'Registration comes from it: an event is opened there, with fees and waivers.',
    push: 'Registration comes from it: people register there.',
    results: 'Scoring makes results; they are published to it.',
  },
  scoring: {
    participants: 'People register elsewhere; it is sent them as entries.',
    publish: 'Results are made there; they are published to registration.',
    'write-back': 'It is sent bibs with every entry.',
  },
}

/** Every operation of an adapter, done or with the reason why not. A provider that says neither is a mistake of ours. */
export const abilitiesOf = (provider: Provider): readonly Able[] =>
  ABILITIES.map(ability => {
    const operation = operationOf(provider, ability)
    const evidence = operation === null ? undefined : provider.evidence[operation]
    if (evidence !== undefined) return { ability, does: true, evidence }
    const ofRoles = provider.roles.map(role => OF_ROLE[role][ability])
    const why = provider.cannot?.[ability] ?? ofRoles.find(reason => reason !== undefined) ?? ''
    return { ability, does: false, why }
  })
