import { type SaidRead, tagLine } from './ctp01-said.ts'
import { type AskedSettings, readAskedSettings } from './ctp01-settings.ts'
import { createLineSplitter, type Line } from './lines.ts'
import { type ReadContext, wholeNumber } from './protocol.ts'

/** A read with its number in its location. */
export interface NumberedRead {
  readonly location: string
  readonly sequence: number
  readonly read: SaidRead
}

export interface NewLocation {
  readonly location: string
  /** When it was first heard of, ms UTC. */
  readonly at: number
  readonly readerId: string
  /** The link's, not the location's (vendor's example: 2038 as the first of 30k): no place to resume from. */
  readonly number: number
}

/** Reads the scoring side waits for: of which locations, from which number on, how many at most now. */
export interface Wanted {
  readonly from: ReadonlyMap<string, number>
  readonly limit: number
}

export interface SenderParts {
  /** The same id: the same stream, whose numbers mean the same reads. */
  readonly connectionId: string
  readonly event: { readonly name: string; readonly id: string; readonly description: string }
  /** The session's zone and day. */
  readonly context: ReadContext
  /** Those that have reads, in the order of their first. */
  readonly locations: () => readonly string[]
}

/** What is known of the scoring side so far. */
export interface ScoringSide {
  readonly program: string | null
  readonly version: string | null
  readonly settings: AskedSettings | null
  /** The last start or getdata, as it came. */
  readonly lastStart: string | null
  /** Locations that it takes reads of. */
  readonly started: readonly string[]
  /** When it says so itself: what it would not do. */
  readonly lastError: string | null
  /** It asks whether we live. */
  readonly pings: boolean
  /** Why there is no going on with it. */
  readonly trouble: string | null
}

/** One connection's client side of CTP01: bytes in, replies out, and lines for reads. No socket, no clock. */
export interface Ctp01Sender {
  /** The client speaks first. */
  begin(): string
  receive(chunk: Uint8Array): string
  /** Null while it waits for nothing. */
  wanted(): Wanted | null
  /**
   * Reads that were wanted, in their order.
   * @param reached how far each location was looked through @param ended that there are no more now
   */
  give(reads: readonly NumberedRead[], reached: ReadonlyMap<string, number>, ended: boolean): string
  announce(location: NewLocation): string
  readonly peer: ScoringSide
}

const GREETING = 'Trackside~0.1.0~CTP01'
/** Reads of one turn, and of one answer in pull mode. */
const ADVANCE = 400
/** More than any scoring program has options for. */
const OPTIONS = 100
/** Calls for data that may wait for their answer. */
const WAITING_CALLS = 100

/** A call of pull mode that is not answered yet. */
interface Call {
  readonly locations: readonly string[]
  readonly max: number
  readonly from: number | null
}

const field = (text: string): string => text.replace(/[~\p{Cc}]/gu, ' ').trim()

/**
 * ChronoTrack Socket Protocol 1, the readers' side (vendor PDF rev 8). greeting: we speak first and are answered with
 * a count of options. settings: so many lines. open: commands. Whether `start~loc~7` means 7 too the vendor leaves
 * open: 7 is sent, so nothing can be lost, and the receiver knows it by its number.
 */
export function createCtp01Sender(parts: SenderParts): Ctp01Sender {
  const splitter = createLineSplitter()
  let phase: 'greeting' | 'settings' | 'open' = 'greeting'
  let optionsLeft = 0
  const optionLines: string[] = []
  let settings: AskedSettings | null = null
  let program: string | null = null
  let version: string | null = null
  let lastStart: string | null = null
  let lastError: string | null = null
  let trouble: string | null = null
  let pings = false
  let idAsked = false
  /** Of push mode: the number to send next of each started location; of pull mode: where each call goes on. */
  const next = new Map<string, number>()
  let calls: Call[] = []
  let gathered: NumberedRead[] = []
  let unannounced: NewLocation[] = []
  let replies: string[] = []

  const taken = (): string => {
    const text = replies.map(reply => `${reply}\r\n`).join('')
    replies = []
    return text
  }
  const available = (): readonly string[] => {
    const all = parts.locations()
    return settings?.single ? all.slice(0, 1) : all
  }
  const lineOf = ({ location, sequence, read }: NumberedRead, asked: AskedSettings): string =>
    tagLine(sequence, location, read, asked.timeFormat, parts.context)

  /** What came before the connection's id was asked for is announced after it. */
  const announceHeld = (): void => {
    if (!settings?.newlocations || (settings.heldBack && !idAsked)) return
    for (const { location, at, readerId, number } of unannounced) {
      if (!available().includes(location)) continue
      const read = { gun: false, tag: 'newlocation', lap: '0', readerId, gator: '0', at, rawTime: null }
      replies.push(lineOf({ location, sequence: number, read }, settings).trimEnd())
    }
    unannounced = []
  }

  function opened(asked: AskedSettings): void {
    settings = asked
    phase = 'open'
    if (asked.tagFormat !== 'CT01_33')
      trouble = `it wants its lines as ${asked.tagFormat}; Trackside writes CT01_33: leave tagevent-format out there`
    if (asked.authentication !== 'none') {
      replies.push('err~authorize~authentication is not supported')
      lastError = `It asks for a password (${asked.authentication}), which Trackside does not know: set authentication to none there.`
    }
  }

  function greet(text: string): void {
    const [name = '', its = '', count, ...more] = text.split('~')
    const options = wholeNumber(count?.trim())
    if (name.trim() === '' || options === null || options > OPTIONS || more.length > 0) {
      trouble = `it does not answer as a scoring program does in CTP01: "${text.slice(0, 60)}"`
      return
    }
    program = name.trim()
    version = its.trim()
    phase = 'settings'
    optionsLeft = options
    if (optionsLeft === 0) opened(readAskedSettings([]))
  }

  function option(text: string): void {
    // Fewer options than it promised: this is its first command.
    if (!text.includes('=')) {
      opened(readAskedSettings(optionLines))
      obey(text)
      return
    }
    optionLines.push(text)
    optionsLeft -= 1
    if (optionsLeft === 0) opened(readAskedSettings(optionLines))
  }

  function start(text: string, location: string | undefined, from: string | undefined): void {
    const acked = settings?.acks ?? false
    if (!settings?.push) {
      replies.push('err~start~not in push mode')
      return
    }
    const first = from === undefined ? 1 : wholeNumber(from)
    if (location !== undefined && !available().includes(location)) {
      if (acked) replies.push('err~start~invalid location')
    } else if (first === null) {
      if (acked) replies.push('err~start~invalid sequence')
    } else {
      if (acked) replies.push(location === undefined ? 'ack~start' : `ack~start~${location}`)
      for (const each of location === undefined ? available() : [location]) next.set(each, Math.max(first, 1))
      lastStart = text
    }
  }

  function stop(location: string | undefined): void {
    const acked = settings?.acks ?? false
    if (location !== undefined && !available().includes(location)) {
      if (acked) replies.push('err~stop~invalid location')
      return
    }
    if (location === undefined) next.clear()
    else next.delete(location)
    if (acked) replies.push(location === undefined ? 'ack~stop' : `ack~stop~${location}`)
  }

  function getData(text: string, values: readonly string[]): void {
    const [count, location, from] = values
    const max = wholeNumber(count)
    const sequence = from === undefined ? null : wholeNumber(from)
    if (settings?.push) replies.push('err~getdata~not in pull mode')
    else if (max === null || max === 0) replies.push('err~getdata~invalid maximum')
    else if (location !== undefined && !available().includes(location))
      replies.push('err~getdata~invalid location')
    else if (from !== undefined && sequence === null) replies.push('err~getdata~invalid sequence')
    else if (calls.length >= WAITING_CALLS) replies.push('err~getdata~too many requests')
    else {
      // Fewer than it asked for is allowed: the rest needs another getdata.
      const locations = location === undefined ? available() : [location]
      calls.push({ locations, max: Math.min(max, ADVANCE), from: sequence })
      lastStart = text
      if (calls.length === 1) beginCall()
    }
  }

  /** The foremost call says where it begins; without a number it goes on where the last one ended. */
  function beginCall(): void {
    const call = calls[0]
    if (!call) return
    for (const each of call.locations) {
      const from = call.from ?? next.get(each) ?? 1
      next.set(each, Math.max(from, 1))
    }
  }

  function obey(text: string): void {
    const [word = '', ...values] = text.split('~')
    switch (word.trim()) {
      case 'geteventinfo': {
        const { name, id, description } = parts.event
        replies.push(`ack~geteventinfo~${field(name)}~${field(id)}~${field(description)}`)
        return
      }
      case 'getlocations':
        replies.push(['ack~getlocations', ...available()].join('~'))
        return
      case 'getconnectionid':
        replies.push(`ack~getconnectionid~${parts.connectionId}`)
        idAsked = true
        announceHeld()
        return
      case 'ping':
        replies.push('ack~ping')
        pings = true
        return
      case 'start':
        start(text, values[0], values[1])
        return
      case 'stop':
        stop(values[0])
        return
      case 'getdata':
        getData(text, values)
        return
      case 'err':
        lastError = `It says "${text.slice(0, 100)}".`
        return
      case 'ack':
        return
      default:
        replies.push('err~~unknown command')
    }
  }

  function take(line: Line): void {
    if (trouble !== null) return
    if (phase === 'greeting') greet(line.text)
    else if (line.kind === 'refused') replies.push('err~~unknown command')
    else if (phase === 'settings') option(line.text)
    else obey(line.text)
  }

  const wanted = (): Wanted | null => {
    if (trouble !== null || settings === null) return null
    if (settings.push) return next.size === 0 ? null : { from: next, limit: ADVANCE }
    const call = calls[0]
    if (!call) return null
    const from = new Map(call.locations.map(location => [location, next.get(location) ?? 1]))
    return { from, limit: call.max - gathered.length }
  }

  return {
    begin: () => `${GREETING}\r\n`,
    receive(chunk) {
      for (const line of splitter.push(chunk)) take(line)
      return taken()
    },
    wanted,
    give(reads, reached, ended) {
      const open = wanted()
      if (settings === null || open === null) return ''
      for (const location of open.from.keys()) {
        const through = reached.get(location) ?? 0
        if (through >= (next.get(location) ?? 1)) next.set(location, through + 1)
      }
      const { guntimes, push } = settings
      const due = reads.filter(({ read }) => guntimes || !read.gun)
      const asked = settings
      if (push) return due.map(read => lineOf(read, asked)).join('')
      gathered.push(...due)
      const call = calls[0]
      if (!call || (gathered.length < call.max && !ended)) return ''
      const answer = [`ack~getdata~${gathered.length}\r\n`, ...gathered.map(read => lineOf(read, asked))]
      gathered = []
      calls = calls.slice(1)
      beginCall()
      return answer.join('')
    },
    announce(location) {
      if (!settings?.newlocations) return ''
      unannounced.push(location)
      announceHeld()
      return taken()
    },
    get peer() {
      const asked = settings
      return {
        ...{ program, version, settings: asked, lastStart, lastError, pings, trouble },
        started: asked === null ? [] : asked.push ? [...next.keys()] : available(),
      }
    },
  }
}
