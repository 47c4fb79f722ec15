import type { RelayShown } from '../../api/relays.ts'
import { count, counted } from './numbers.ts'
import type { Tone } from './said.ts'

const STATES: Readonly<Record<RelayShown['state'], { readonly words: string; readonly tone: Tone }>> = {
  off: { words: 'off', tone: 'plain' },
  counting: { words: 'reading the journal', tone: 'info' },
  calling: { words: 'not connected', tone: 'bad' },
  connected: { words: 'connected', tone: 'good' },
}

/** Connected, and still something in the way, is no good state. */
export function relayState({ state, message }: RelayShown): { readonly words: string; readonly tone: Tone } {
  const said = STATES[state]
  return state === 'connected' && message !== null ? { ...said, tone: 'warn' } : said
}

/** "4,711 reads handed on, 12 wait". */
export const relayCounts = ({ handed, waiting }: RelayShown): string =>
  `${counted(handed, 'read')} handed on, ${waiting === 0 ? 'none waits' : `${count(waiting)} wait${waiting === 1 ? 's' : ''}`}`

/** What is handed on, in words. */
export function relayChoice({ devices, locations, files, keyed }: RelayShown): string {
  const where = locations.length === 0 ? 'all locations' : locations.join(', ')
  const by = devices.length === 0 ? '' : ` by ${devices.join(', ')}`
  return `${where}${by}${files ? ', with imported files' : ''}${keyed ? ', with keyed reads' : ''}`
}

/** Names typed with commas between. */
export const namesTyped = (text: string): string[] => [
  ...new Set(
    text
      .split(',')
      .map(name => name.trim())
      .filter(name => name !== ''),
  ),
]
