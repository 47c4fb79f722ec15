import type { JournalRead } from '../../store/reads.ts'
import { readCt01 } from './ct01-line.ts'
import { createLineSplitter, type Line, TEXT_KEPT } from './lines.ts'
import {
  type ListenedProtocol,
  NOTHING,
  type Received,
  type Refused,
  type StreamParts,
  type StreamPeer,
  type StreamProtocol,
} from './protocol.ts'

const GREETING = 'Trackside~0.1.0'
const SETTINGS = [
  'location=multi',
  'guntimes=true',
  'newlocations=true',
  'stream-mode=push',
  'tagevent-format=CT01_33',
  'time-format=iso',
  'pushmode-ack=true',
  'connection-id=true',
]
const QUESTIONS = ['getconnectionid', 'geteventinfo', 'getlocations'] as const
type Question = (typeof QUESTIONS)[number]

/** Lines that may wait for the stream's id; more than that, and the peer is taken as one that has none. */
const HELD_LIMIT = 2000

/**
 * ChronoTrack Socket Protocol 1, the scoring side (vendor PDF rev 8).
 *
 * greeting: the client speaks first. asking: one question at a time, so that `err~~unknown command` of an older client
 * is the answer to the one that is open; a read that comes before the stream's id is known waits for it. streaming.
 *
 * With a connection id the stream resumes at the last stored sequence of each location, or before the oldest that is
 * missing: once a connection, for what a second start does to a running stream is not documented. Without one nobody knows
 * whether sequence 7 is the same 7 as before the cut: reads are then known by their content, as those of files, and
 * every start is from the first, so a resumed stream doubles nothing and a new one is not taken for the old.
 */
function createCtp01(parts: StreamParts): StreamProtocol {
  const splitter = createLineSplitter()
  let phase: 'greeting' | 'asking' | 'streaming' = 'greeting'
  let open: Question | null = null
  /** The open question was open at the last nudge already. */
  let nudged = false
  /** Undefined: not known yet. */
  let streamId: string | null | undefined
  let held: Line[] = []
  let program: string | null = null
  let version: string | null = null
  let eventName: string | null = null
  let eventId: string | null = null
  let lastError: string | null = null
  let lastLine = 0
  const locations = new Set<string>()
  const started = new Set<string>()
  const announced = new Set<string>()

  let reads: JournalRead[] = []
  let refused: Refused[] = []
  let replies: string[] = []
  const taken = (): Received => {
    const received = { reads, refused, replies: replies.map(reply => `${reply}\r\n`) }
    reads = []
    refused = []
    replies = []
    return received
  }
  const refuse = (line: Line, reason: string): void => {
    refused.push({ line: line.number, reason, text: line.text.slice(0, TEXT_KEPT) })
  }

  const start = (location: string): void => {
    locations.add(location)
    started.add(location)
    const last = streamId ? parts.resumeFrom(streamId, location) : null
    // Nothing is numbered 0: what is missing from 1 on is asked for from the first.
    replies.push(last === null || last < 1 ? `start~${location}` : `start~${location}~${last}`)
  }

  const ask = (question: Question | undefined): void => {
    open = question ?? null
    nudged = false
    if (question === undefined) phase = 'streaming'
    else replies.push(question)
  }
  const askNext = (): void => {
    const done = open
    ask(done === null ? QUESTIONS[0] : QUESTIONS[QUESTIONS.indexOf(done) + 1])
  }

  /** From now on reads have their identity; those that waited get it. */
  const settleStream = (id: string | null): void => {
    if (streamId !== undefined) return
    streamId = id
    const waiting = held
    held = []
    for (const line of waiting) data(line)
  }

  function data(line: Line): void {
    if (streamId === undefined) {
      held.push(line)
      if (held.length >= HELD_LIMIT) settleStream(null)
      return
    }
    const reading = readCt01(line.text, { ...parts.context(), source: 'ctp01', streamId })
    if (reading.kind === 'refused') {
      refuse(line, reading.reason)
      return
    }
    const { read } = reading
    reads.push(read)
    if (read.kind !== 'new-location' || read.streamLocation === null) return
    // A start may bring the announcement again: answered once, or the two would go round for ever.
    const announcement = `${read.streamLocation}~${read.sequence}~${read.rawTime}`
    if (announced.has(announcement)) return
    announced.add(announcement)
    start(read.streamLocation)
  }

  function answered(question: Question, values: readonly string[] | null): void {
    if (question === 'getconnectionid') settleStream(values?.[0] || null)
    if (question === 'geteventinfo' && values) {
      eventName = values[0] ?? null
      eventId = values[1] ?? null
    }
    if (question === 'getlocations') {
      const named = values?.filter(location => location !== '') ?? []
      // A client that names none is asked for all it has; those that come later are announced.
      if (named.length === 0) replies.push('start')
      for (const location of named) if (!started.has(location)) start(location)
    }
    if (open === question) askNext()
  }

  function greet(line: Line): void {
    const fields = line.text.split('~')
    if (fields.length !== 3 || fields[2]?.trim() !== 'CTP01') {
      refuse(line, 'not the greeting of CTP01, name~version~CTP01')
      return
    }
    program = fields[0] ?? null
    version = fields[1] ?? null
    phase = 'asking'
    replies.push(`${GREETING}~${SETTINGS.length}`, ...SETTINGS)
    askNext()
  }

  function command(line: Line): void {
    const [word = '', subject = '', ...values] = line.text.split('~')
    if (word === 'ack') {
      const question = QUESTIONS.find(name => name === subject)
      if (question) answered(question, values)
    } else if (word === 'err') {
      lastError = line.text.slice(0, 200)
      const question = QUESTIONS.find(name => name === subject) ?? (subject === '' ? open : null)
      if (question && question === open) answered(question, null)
    } else if (word === 'ping') replies.push('ack~ping')
    else if (word === 'authorize') replies.push('ack~authorize')
    else if (phase === 'greeting') greet(line)
    else refuse(line, 'not a line of CTP01')
  }

  const take = (line: Line): void => {
    lastLine = line.number
    if (line.kind === 'refused') refuse(line, line.reason)
    else if (line.text.startsWith('CT01_')) data(line)
    else command(line)
  }

  return {
    begin: () => NOTHING,
    receive(chunk) {
      for (const line of splitter.push(chunk)) take(line)
      return taken()
    },
    ping() {
      if (phase === 'streaming') replies.push('ping')
      return taken()
    },
    nudge() {
      if (!nudged) nudged = true
      else if (open !== null) answered(open, null)
      // One that never greets but sends reads: they are kept by their content rather than waited over.
      else if (phase === 'greeting' && held.length > 0) settleStream(null)
      return taken()
    },
    end() {
      // Half a line is no read: its sequence would keep the whole one out when the stream resumes.
      for (const line of splitter.end()) {
        refused.push({
          line: lastLine + 1,
          reason: 'the connection ended within this line',
          text: line.text.slice(0, TEXT_KEPT),
        })
      }
      settleStream(null)
      replies = []
      return taken()
    },
    get peer(): StreamPeer {
      return {
        program,
        version,
        eventName,
        eventId,
        streamId: streamId ?? null,
        locations: [...locations],
        streaming: phase === 'streaming',
        lastError,
      }
    },
  }
}

export const ctp01: ListenedProtocol = {
  name: 'ctp01',
  readers: 'ChronoTrack readers',
  port: 61_611,
  open: createCtp01,
}
