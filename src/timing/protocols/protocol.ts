import type { JournalRead } from '../../store/reads.ts'

/** What a line needs to become a read: the site's zone, and the day for times without a date. */
export interface ReadContext {
  /** IANA zone of the readers' clocks. */
  readonly timezone: string
  /** YYYY-MM-DD at the site. */
  readonly date: string
}

export type LineReading =
  | { readonly kind: 'read'; readonly read: JournalRead }
  | { readonly kind: 'refused'; readonly reason: string }

export const refusal = (reason: string): LineReading => ({ kind: 'refused', reason })

export interface Refused {
  readonly line: number
  readonly reason: string
  /** The beginning of the line. */
  readonly text: string
}

/** What bytes brought: reads to journal first, then replies to send, each whole, with whatever ends it. */
export interface Received {
  readonly reads: readonly JournalRead[]
  readonly refused: readonly Refused[]
  readonly replies: readonly string[]
}

/** What a peer has said of itself so far. */
export interface StreamPeer {
  readonly program: string | null
  readonly version: string | null
  readonly eventName: string | null
  readonly eventId: string | null
  /** The stream's own id; null when the peer has none and its reads are known by their content. */
  readonly streamId: string | null
  readonly locations: readonly string[]
  readonly streaming: boolean
  /** The last thing it would not do, in its words. */
  readonly lastError: string | null
}

/** One connection's side of a line protocol: bytes in, reads and replies out. No socket, no clock. */
export interface StreamProtocol {
  /** The connection stands: what our side says first. */
  begin(): Received
  receive(chunk: Uint8Array): Received
  /** Asks whether the peer still lives. */
  ping(): Received
  /** To be called every two seconds: goes on when an answer does not come. */
  nudge(): Received
  /** The connection has ended. */
  end(): Received
  readonly peer: StreamPeer
}

/** What one connection's protocol is made from. */
export interface StreamParts {
  /** Zone and day of the session that reads go to now. */
  readonly context: () => ReadContext
  /** The sequence up to which the journal has all of a stream's location; null if it has none of it. */
  readonly resumeFrom: (streamId: string, location: string) => number | null
}

export const PROTOCOLS = ['ctp01', 'mylaps', 'race-result'] as const
export type ProtocolName = (typeof PROTOCOLS)[number]

/** A protocol whose readers call us. */
export interface ListenedProtocol {
  readonly name: ProtocolName
  /** Whose readers they are, for an error's words. */
  readonly readers: string
  /** Where they look for a scoring program. */
  readonly port: number
  open(parts: StreamParts): StreamProtocol
}

export const NOTHING: Received = { reads: [], refused: [], replies: [] }

/** A file whose every line stands alone. */
export interface FileFormat {
  /** The source of its reads. */
  readonly name: string
  /** What such a file looks like, for an error's words. */
  readonly expected: string
  read(line: string, context: ReadContext, location: string | null): LineReading
}

/** An unsigned integer, or null. */
export const wholeNumber = (text: string | undefined): number | null =>
  text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null
