import type { ProviderInfo } from '../../api/connections.ts'
import type { Said } from './connections.ts'

const ABILITIES: Readonly<Record<string, string>> = {
  authenticate: 'Log in',
  events: 'Bring events',
  participants: 'Bring participants',
  'create-event': 'Make an event',
  push: 'Take entries',
  results: 'Give results',
  publish: 'Take results',
  'field-mapping': 'Map fields',
  'write-back': 'Take bibs and chips',
}

/** An operation of a provider as the crew says it; one this window does not know is shown as it is. */
export const abilityInWords = (ability: string): string => ABILITIES[ability] ?? ability

const SURE = {
  documented: 'The vendor describes it.',
  observed: 'Seen in other programs that run against it.',
  inferred: 'Nobody has confirmed it; it must be allowed.',
} as const

export function ableInWords(able: ProviderInfo['abilities'][number]): Said & { readonly why: string } {
  if (!able.does) return { tone: 'plain', words: 'no', why: able.why }
  const tone = able.evidence === 'inferred' ? 'warn' : 'good'
  return { tone, words: 'yes', why: SURE[able.evidence] }
}
