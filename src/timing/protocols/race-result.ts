import type { JournalRead } from '../../store/reads.ts'
import { createLineSplitter, type Line, TEXT_KEPT } from './lines.ts'
import {
  NOTHING,
  type Received,
  type Refused,
  type StreamParts,
  type StreamPeer,
  type StreamProtocol,
  wholeNumber,
} from './protocol.ts'
import {
  dayWithoutGps,
  type Passing,
  readOfPassing,
  readPassingLine,
  streamOf,
} from './race-result-record.ts'

export interface RaceResultParts extends StreamParts {
  /** What the crew calls it, and where it stands. */
  readonly name: string
  readonly location: string | null
}

type Question = 'GETPROTOCOL' | 'SETPROTOCOL' | 'GETSTATUS' | 'PASSINGS' | 'records'

const WANTED = 2
/** Below 1.6 a passing has other fields. */
const LEAST = 1.6
const AT_ONCE = 500
/** A passing that a decoder counts but does not give is asked for so often. */
const TRIES = 3

/**
 * RACE RESULT decoder, the calling side: one question at a time, polled. The vendor's push command is not documented.
 *
 * Each ping asks for the status (a new file number begins at passing 1 again), then for the number of passings, then
 * for those that are new, `first:count`, which end with an empty line. Only records say which box and file they are of,
 * so the first of a file is asked for alone; then the journal says where to go on. Records of another file than that
 * are not taken: their file is asked for from its first.
 */
export function createRaceResult(parts: RaceResultParts): StreamProtocol {
  const splitter = createLineSplitter({ emptyOnes: true })
  let open: Question | null = null
  let protocol: string | null = null
  let fileNumber: string | null = null
  /** Box and file of the passings; null until the file's first is there. */
  let stream: string | null = null
  let firstDay: number | null = null
  /** Passings of the file that need not be asked for any more. */
  let reached = 0
  let total = 0
  let asked = { first: 1, count: 0, seen: 0, last: 0 }
  let tries = 0
  let lastError: string | null = null

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
    lastError = reason
    refused.push({ line: line.number, reason, text: line.text.slice(0, TEXT_KEPT) })
  }

  const ask = (question: Exclude<Question, 'records'>, ...words: readonly string[]): void => {
    open = question
    replies.push([question, ...words].join(';'))
  }
  const newFile = (): void => {
    stream = null
    firstDay = null
    reached = 0
    tries = 0
  }
  const fetchSome = (): void => {
    const first = reached + 1
    const count = stream === null ? 1 : Math.min(total - reached, AT_ONCE)
    asked = { first, count, seen: 0, last: reached }
    open = 'records'
    replies.push(`${first}:${count}`)
  }

  /**
   * The first passing of a file: whose it is, and how much of it the journal has. It is taken though the journal may
   * have it: with other content under its number the file was emptied and filled anew, which the journal tells.
   */
  function begins(passing: Passing): void {
    stream = streamOf(passing)
    firstDay = dayWithoutGps(passing.date)
    const known = parts.resumeFrom(stream, parts.location ?? '') ?? 0
    // More than the file has: it was emptied, and its numbers began anew.
    asked.last = known > total ? 0 : known
  }

  function record(line: Line): void {
    const reading = readPassingLine(line.text)
    asked.seen += 1
    if (reading.kind === 'refused') {
      refuse(line, reading.reason)
      return
    }
    const { passing } = reading
    if (stream !== null && streamOf(passing) !== stream) {
      newFile()
      asked.count = -1
    }
    if (asked.count < 0) return
    const { number } = passing
    if (number < asked.first || number >= asked.first + asked.count || number <= asked.last) {
      refuse(line, `passing ${number} where ${asked.first}:${asked.count} was asked for`)
      return
    }
    if (stream === null) begins(passing)
    asked.last = Math.max(asked.last, number)
    reads.push(readOfPassing(passing, { context: parts.context(), location: parts.location, firstDay }))
  }

  function recordsEnd(line: Line): void {
    const { first, count, seen, last } = asked
    open = null
    if (count < 0) {
      ask('PASSINGS')
      return
    }
    const before = reached
    // As many lines as asked for: each stood for its passing, the refused ones too.
    reached = Math.max(last, seen === count && stream !== null ? first + count - 1 : 0, reached)
    if (reached > before) tries = 0
    else {
      tries += 1
      if (tries < TRIES) return
      refuse(line, `the decoder does not give passing ${first}`)
      reached = first
      tries = 0
    }
    if (reached < total) fetchSome()
  }

  function answer(question: Question, values: readonly string[], line: Line): void {
    switch (question) {
      case 'GETPROTOCOL': {
        const most = Number(values[2] ?? values[0])
        if (!(most >= LEAST))
          lastError = `This decoder speaks protocol ${values[2] ?? '?'}; 1.6 is the least that is read.`
        ask('SETPROTOCOL', (most >= LEAST && most < WANTED ? most : WANTED).toFixed(1))
        return
      }
      case 'SETPROTOCOL':
        protocol = values[0] || protocol
        ask('GETSTATUS')
        return
      case 'GETSTATUS': {
        const file = values[5]?.trim() || null
        if (file !== null && fileNumber !== null && file !== fileNumber) newFile()
        fileNumber = file ?? fileNumber
        lastError =
          values[4] === '0' ? 'The decoder is in test mode: it stores no passing until it is started.' : null
        ask('PASSINGS')
        return
      }
      case 'PASSINGS': {
        const count = wholeNumber(values[0]?.trim())
        open = null
        if (count === null) {
          refuse(line, 'not a number of passings')
          return
        }
        if (count < reached) newFile()
        total = count
        if (reached < total) fetchSome()
        return
      }
      case 'records':
        return
    }
  }

  function take(line: Line): void {
    const inRecords = open === 'records'
    if (line.text === '' && line.kind === 'line') {
      if (inRecords) recordsEnd(line)
    } else if (line.kind === 'refused') {
      if (inRecords) asked.seen += 1
      refuse(line, line.reason)
    } else {
      const [word, ...values] = line.text.split(';')
      if (open !== null && word === open) answer(open, values, line)
      else if (inRecords) record(line)
      else refuse(line, 'not what was asked for')
    }
  }

  return {
    begin() {
      ask('GETPROTOCOL')
      return taken()
    },
    receive(chunk) {
      for (const line of splitter.push(chunk)) take(line)
      return taken()
    },
    ping() {
      if (open === null) ask('GETSTATUS')
      return taken()
    },
    nudge: () => NOTHING,
    end() {
      // Half a passing is none; the whole one is asked for again.
      for (const line of splitter.end()) refuse(line, 'the connection ended within this line')
      replies = []
      return taken()
    },
    get peer(): StreamPeer {
      return {
        program: parts.name,
        version: protocol,
        eventName: fileNumber === null ? null : `File ${fileNumber}`,
        eventId: null,
        streamId: stream,
        locations: parts.location === null ? [] : [parts.location],
        streaming: protocol !== null,
        lastError,
      }
    },
  }
}
