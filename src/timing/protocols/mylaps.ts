import type { JournalRead } from '../../store/reads.ts'
import { createFrameSplitter, type Frame } from './frames.ts'
import { TEXT_KEPT } from './lines.ts'
import { readFields, readMarker, readPassing, readStored } from './mylaps-record.ts'
import {
  type LineReading,
  type ListenedProtocol,
  NOTHING,
  type ReadContext,
  type Received,
  type Refused,
  type StreamParts,
  type StreamPeer,
  type StreamProtocol,
  wholeNumber,
} from './protocol.ts'

const NAME = 'Trackside'
/** What each passing is asked to say; utc, because it needs no zone. */
const FIELDS = 'c|ct|d|t|l|dv|re|an|g|b|n|utc|ut|h|ts|dm|amd'
/** Locations that are remembered; one race has a few dozen. */
const LOCATIONS_KEPT = 500

type ReadRecord = (record: string, location: string, context: ReadContext) => LineReading

const MESSAGES: Readonly<Record<string, { readonly read: ReadRecord; readonly version: string | null }>> = {
  Passing: { read: readPassing, version: '2' },
  Store: { read: readStored, version: '1' },
  Marker: { read: readMarker, version: null },
}

/** U+FFFD stands for bytes that were no UTF-8. */
const isBroken = (text: string): boolean => text.includes('\uFFFD')

/**
 * MYLAPS Timing & Scoring over TCP, the listening side (vendor PDF v2021.1): `Source@Function[@Data…]@$`.
 *
 * The client says Pong and is offered version 2.1; one that knows only version 1 goes on with Store messages. A message
 * of reads ends with its number and is sent again until that number is acknowledged. The acknowledgement is a reply,
 * and replies go out after the journal has the reads: a message that could not be stored comes again by itself.
 */
function createMylaps(parts: StreamParts): StreamProtocol {
  const splitter = createFrameSplitter()
  const locations = new Set<string>()
  let program: string | null = null
  let version: string | null = null
  let eventName: string | null = null
  let lastError: string | null = null
  let greeted = false

  let reads: JournalRead[] = []
  let refused: Refused[] = []
  let replies: string[] = []
  const taken = (): Received => {
    const received = { reads, refused, replies }
    reads = []
    refused = []
    replies = []
    return received
  }
  const say = (...words: readonly string[]): void => {
    replies.push(`${[NAME, ...words].join('@')}@$`)
  }
  const refuse = (frame: Frame, reason: string, text = frame.text): void => {
    lastError = reason
    refused.push({ line: frame.number, reason, text: text.slice(0, TEXT_KEPT) })
  }
  const met = (location: string): void => {
    if (location !== '' && locations.size < LOCATIONS_KEPT) locations.add(location)
  }

  /** Every record is kept, as a read or with the reason why it is none, and the message acknowledged. */
  function message(frame: Frame, source: string, kind: string, data: readonly string[]): void {
    const shape = MESSAGES[kind]
    if (shape === undefined) return
    const number = data.at(-1)?.trim()
    if (wholeNumber(number) === null || number === undefined) {
      refuse(frame, `a ${kind} without its message number`)
      return
    }
    met(source)
    version = shape.version ?? version
    const records = data.slice(0, -1).filter(record => record.trim() !== '')
    if (records.length === 0) refuse(frame, `a ${kind} without a record`)
    for (const record of records) {
      if (isBroken(record)) {
        refuse(frame, 'not UTF-8 text', record)
        continue
      }
      const reading = shape.read(record, source, parts.context())
      if (reading.kind === 'read') reads.push(reading.read)
      else refuse(frame, reading.reason, record)
    }
    say(`Ack${kind}`, number)
  }

  function greet(source: string): void {
    say('AckPong', 'Version2.1', FIELDS)
    program ??= source === '' ? 'Timing & Scoring' : source
    // It repeats its Pong until it is answered, and again when it likes.
    if (greeted) return
    greeted = true
    say('GetLocations')
    say('GetInfo')
  }

  function take(frame: Frame): void {
    if (frame.problem !== null) {
      refuse(frame, frame.problem)
      return
    }
    const [source = '', kind = '', ...rest] = frame.text.split('@')
    // The `@` before `$` leaves an empty last piece.
    const data = rest.at(-1)?.trim() === '' ? rest.slice(0, -1) : rest
    if (isBroken(source) || isBroken(kind)) refuse(frame, 'not UTF-8 text')
    else if (Object.hasOwn(MESSAGES, kind)) message(frame, source.trim(), kind, data)
    else if (kind === 'Pong') greet(source.trim())
    else if (kind === 'Ping') say('AckPing')
    else if (kind === 'GetLocations' || kind === 'AckGetLocations') {
      for (const each of data) met(readFields(each).get('ln') ?? '')
    } else if (kind === 'AckGetInfo') {
      eventName = readFields(data.join('|')).get('rn') ?? eventName
    } else if (kind !== 'AckPing')
      refuse(
        frame,
        kind === ''
          ? 'not a message: Source@Function@…@$'
          : `the function "${kind.slice(0, 40)}" is not known`,
      )
  }

  return {
    begin: () => NOTHING,
    receive(chunk) {
      for (const frame of splitter.push(chunk)) take(frame)
      return taken()
    },
    ping() {
      if (greeted) say('Ping')
      return taken()
    },
    nudge: () => NOTHING,
    end() {
      for (const frame of splitter.end()) take(frame)
      replies = []
      return taken()
    },
    get peer(): StreamPeer {
      return {
        program: program ?? (version === null ? null : 'Timing & Scoring'),
        version,
        eventName,
        eventId: null,
        streamId: null,
        locations: [...locations],
        streaming: greeted || version !== null,
        lastError,
      }
    },
  }
}

export const mylaps: ListenedProtocol = {
  name: 'mylaps',
  readers: 'MYLAPS Timing & Scoring',
  port: 3097,
  open: createMylaps,
}
