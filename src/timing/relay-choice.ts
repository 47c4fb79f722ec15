import { createHash } from 'node:crypto'
import type { Relay, RelayChoice } from '../store/relays.ts'
import { type Sayable, type Saying, sayInCtp01 } from './protocols/ctp01-said.ts'
import { PROTOCOLS } from './protocols/protocol.ts'

/** A read of the journal as a relay looks at it. */
export interface RelayRow extends Sayable {
  readonly id: number
  /** As the stream named it; the device where it named none. */
  readonly location: string
  readonly streamId: string | null
  readonly receivedAt: number
}

/** What every connection id of ours begins with, so that one Trackside knows what another handed on. */
const MARK = '7ac451de'

const isStream = (source: string): boolean => PROTOCOLS.some(protocol => protocol === source)

function notChosen(row: RelayRow, choice: RelayChoice): string | null {
  if (row.kind === 'manual') {
    if (!choice.keyed) return 'keyed by hand'
  } else if (!isStream(row.source) && !choice.files) return 'imported from a file'
  // Handed on again it could come back to where it was read, and so on without end.
  if (row.streamId?.startsWith(MARK)) return 'another Trackside handed it on'
  if (choice.devices.length > 0 && !choice.devices.includes(row.device)) return 'its device was not chosen'
  if (choice.locations.length > 0 && !choice.locations.includes(row.location))
    return 'its location was not chosen'
  return null
}

/** What a relay says of a read, or why it does not hand it on. */
export function sayFor(choice: RelayChoice, row: RelayRow, sequence: number): Saying {
  const reason = notChosen(row, choice)
  return reason === null ? sayInCtp01(row, row.location, sequence) : { kind: 'unsayable', reason }
}

/**
 * Forty hex digits, the same ones as long as the numbers mean the same reads. Another choice is another stream: under
 * the old id a scoring program would never ask for a read that is chosen now and has a number it is past.
 * @param laptopId a restored journal may number other reads the same, and has another laptop id
 */
export function connectionIdOf(relay: Relay, sessionId: string, laptopId: string): string {
  const { id, files, keyed } = relay
  const choice = [[...relay.devices].sort(), [...relay.locations].sort(), files, keyed]
  const text = JSON.stringify([laptopId, id, sessionId, choice])
  return `${MARK}${createHash('sha1')
    .update(text)
    .digest('hex')
    .slice(0, 40 - MARK.length)}`
}
