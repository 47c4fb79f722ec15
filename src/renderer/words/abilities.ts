import type { Connection, ProviderInfo } from '../../api/connections.ts'
import type { Said } from './said.ts'

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

type Confirmed = Pick<Connection['confirmed'][number], 'operation' | 'how'>

/** Fields are as sure as what brings or takes them. */
const covers = (operation: string, ability: string): boolean =>
  operation === ability ||
  (operation === 'check' && ability === 'authenticate') ||
  ((operation === 'participants' || operation === 'push') && ability === 'field-mapping')

/** What was looked at, without the word that says who looked. */
const howInWords = (how: string): string => how.replace(/^checked: /, '')

const SURE = {
  documented: 'The vendor describes it.',
  observed: 'Seen in other programs that run against it.',
  inferred: 'Nobody has confirmed it; it must be allowed.',
} as const

/** @param confirmed what was seen to work with the account that is meant */
export function ableInWords(
  able: ProviderInfo['abilities'][number],
  confirmed: readonly Confirmed[],
): Said & { readonly why: string } {
  if (!able.does) return { tone: 'plain', words: 'no', why: able.why }
  const seen = confirmed.find(({ operation }) => covers(operation, able.ability))
  if (able.evidence === 'inferred' && seen !== undefined)
    return { tone: 'good', words: 'yes', why: `Seen to work with this account: ${howInWords(seen.how)}.` }
  const tone = able.evidence === 'inferred' ? 'warn' : 'good'
  return { tone, words: 'yes', why: SURE[able.evidence] }
}
