import type { Relay } from '../store/relays.ts'
import type { ScoringSide } from './protocols/ctp01-sender.ts'

export const placeOf = ({ host, port }: Relay): string => `${host}:${port}`

/** A call that failed, or a connection that broke. */
export function whyUnreachable(relay: Relay, error: Error): string {
  const code = 'code' in error ? String(error.code) : ''
  switch (code) {
    case 'ECONNREFUSED':
      return `Nothing listens at ${placeOf(relay)}. Is the scoring program waiting for ChronoTrack there?`
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return `No way leads to ${placeOf(relay)}: look at the cable, the Wi-Fi and the address.`
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `Nobody knows the name ${relay.host}; use the address in numbers.`
    case 'ECONNRESET':
    case 'EPIPE':
      return `${placeOf(relay)} cut the connection.`
    default:
      return `${placeOf(relay)}: ${error.message}`
  }
}

/** Said of a relay that would bring its reads back in. */
export const ownPortTrouble = (relay: Pick<Relay, 'host' | 'port'>): string =>
  `${relay.host}:${relay.port} is this laptop's own port for readers: the reads would come back in. Give the scoring program's port.`

/** What a connected scoring program still has to do; null while reads flow. */
export function whyWaiting(peer: ScoringSide, locations: readonly string[]): string | null {
  const { settings, lastError, lastStart, started } = peer
  if (settings === null) return 'It has not answered the greeting yet.'
  if (lastStart === null) return lastError ?? 'It has not asked for reads yet.'
  const missing = locations.filter(location => !started.includes(location))
  if (missing.length === 0) return null
  if (settings.single && locations.length > 1)
    return `It takes one location only (location=single). Not handed on: ${missing.join(', ')}.`
  return lastError ?? `It has not asked for ${missing.join(', ')} yet.`
}
