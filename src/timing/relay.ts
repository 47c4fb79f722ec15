import { connect, type Socket } from 'node:net'
import type { Log, Service } from '../core/runtime.ts'
import type { SessionContext } from '../store/reads.ts'
import { type Relay, relays } from '../store/relays.ts'
import type { Store } from '../store/store.ts'
import { isThisLaptop, leadsHere } from './own-address.ts'
import { type Ctp01Sender, createCtp01Sender } from './protocols/ctp01-sender.ts'
import { connectionIdOf } from './relay-choice.ts'
import { createRelayJournal, type LeftReads, lastReadId, type RelayJournal } from './relay-journal.ts'
import { ownPortTrouble, placeOf, whyUnreachable, whyWaiting } from './relay-words.ts'
import { createTelling } from './telling.ts'

/** The session whose reads are handed on. */
export interface RelaySession extends SessionContext {
  readonly name: string
  /** Its race day's name. */
  readonly description: string
}

export interface RelayStatus {
  readonly relay: Relay
  /** counting: the journal is read once before the first call. */
  readonly state: 'off' | 'counting' | 'calling' | 'connected'
  /** What is in the way, in words. */
  readonly message: string | null
  /** The scoring program's name and version, while it is connected. */
  readonly program: string | null
  /** Reads written to the network, as far as it asked for them; it answers for none of them. */
  readonly handed: number
  readonly waiting: number
  readonly left: readonly LeftReads[]
  /** What the scoring program asked for last: `start~finish~4711`. */
  readonly lastStart: string | null
}

export interface Relays extends Service {
  status(): readonly RelayStatus[]
  /** Called when one is another; not for counts. At most five times a second. */
  onStatus(listener: () => void): () => void
}

export interface RelayParts {
  readonly store: Store
  readonly log: Log
  /** Null: nothing to hand on yet. */
  readonly session: () => RelaySession | null
  /** Ports at which readers call us. */
  readonly ownPorts: () => readonly number[]
}

/** New reads wait this long, so that their links go first and a burst is one piece. */
const AFTER_LINKS_MS = 20
/** Between slices: whoever else wants the event loop has it. */
const BETWEEN_SLICES_MS = 2
const DATABASE_AGAIN_MS = 1000
/** Pause and answer together below five seconds: so soon a scoring program that is back has its reads. */
const ANSWER_MS = 2500
const PAUSES_MS = [250, 500, 1000, 2000] as const
const LONGEST_PAUSE_MS = 2000
const GREETING_MS = 10_000
/** So long may it take no reads while some are on the way. */
const STUCK_MS = 30_000
/** One that asks whether we live does so every ten seconds or so. */
const SILENCE_MS = 35_000
/** Replies that may be left unread, in bytes; reads are held back long before. */
const UNREAD_REPLIES = 1 << 20

/** One scoring program that is called. */
interface Link {
  readonly socket: Socket
  readonly sender: Ctp01Sender
  connected: boolean
  /** The network takes no more now. */
  blocked: boolean
  stuck: NodeJS.Timeout | undefined
  deadline: NodeJS.Timeout | undefined
}

interface Line {
  relay: Relay
  readonly key: string
  readonly session: RelaySession | null
  readonly journal: RelayJournal | null
  link: Link | null
  failures: number
  message: string | null
  again: NodeJS.Timeout | undefined
  soon: NodeJS.Timeout | undefined
  ended: boolean
}

const keyOf = ({ name: _, ...relay }: Relay, session: RelaySession | null): string =>
  JSON.stringify([Object.entries(relay).sort(), session])

/**
 * Hands reads on to scoring programs: out of the journal, after it, never past it. What a scoring program misses while
 * it is away waits in the journal and not in memory; when it is back it says from where on it wants each location.
 */
export function createRelays({ store, log, session, ownPorts }: RelayParts): Relays {
  let lines: readonly Line[] = []
  let hearing: (() => void) | null = null
  /** The last read that is on the disk. */
  let onDisk = 0

  const status: Relays['status'] = () =>
    lines.map(({ relay, journal, link, message, session: of }) => {
      const known = { relay, left: journal?.left() ?? [], handed: journal?.handed ?? 0 }
      const waiting = (journal?.total ?? 0) - known.handed
      const none = { program: null, lastStart: null, message, waiting }
      if (!relay.on) return { ...known, ...none, state: 'off', message: null }
      if (of === null || journal === null)
        return { ...known, ...none, state: 'calling', message: 'There is no timing session yet.' }
      if (link === null || !link.connected)
        return { ...known, ...none, state: message === null && !journal.counted ? 'counting' : 'calling' }
      const { program, version, lastStart } = link.sender.peer
      return {
        ...known,
        waiting,
        state: 'connected',
        program: program === null ? null : `${program} ${version ?? ''}`.trim(),
        lastStart,
        message: message ?? whyWaiting(link.sender.peer, journal.locations()),
      }
    })
  const telling = createTelling(() =>
    status().map(({ handed: _, waiting: __, left, ...standing }) => ({
      ...standing,
      left: left.map(({ reason }) => reason),
    })),
  )

  const soon = (line: Line, ms: number): void => {
    if (line.ended || line.journal === null) return
    line.soon ??= setTimeout(() => turn(line), ms)
  }

  function say(link: Link, text: string): void {
    if (text === '' || link.socket.destroyed) return
    if (!link.socket.write(text) && !link.blocked) {
      link.blocked = true
      link.stuck = setTimeout(
        () => link.socket.destroy(new Error(`it has taken no reads for ${STUCK_MS / 1000} s.`)),
        STUCK_MS,
      )
    }
    if (link.socket.writableLength > UNREAD_REPLIES)
      link.socket.destroy(new Error('it asks without reading the answers.'))
  }

  /** One slice of what is due; true when there is more. */
  function work(line: Line, journal: RelayJournal): boolean {
    const counted = journal.count()
    const { link } = line
    if (link === null) {
      if (!counted && line.again === undefined) call(line, journal)
      return counted
    }
    for (const location of journal.newLocations()) say(link, link.sender.announce(location))
    const wanted = link.blocked ? null : link.sender.wanted()
    if (wanted === null) return counted
    const { reads, reached, ended } = journal.take(wanted)
    say(link, link.sender.give(reads, reached, ended))
    return counted || !ended || (link.sender.peer.settings?.push === false && link.sender.wanted() !== null)
  }

  function turn(line: Line): void {
    line.soon = undefined
    const { journal } = line
    if (line.ended || journal === null) return
    try {
      if (work(line, journal)) soon(line, BETWEEN_SLICES_MS)
    } catch (error) {
      log.error({ relay: line.relay.name, error: String(error) }, 'handing on waits for the database')
      soon(line, DATABASE_AGAIN_MS)
    }
    telling.look()
  }

  function call(line: Line, journal: RelayJournal): void {
    const { relay, session: of } = line
    if (of === null) return
    if (isThisLaptop(relay.host) && ownPorts().includes(relay.port)) {
      line.message = ownPortTrouble(relay)
      callAgain(line)
      return
    }
    const { host, port } = relay
    // What was new before the call is known to who asks for the locations.
    journal.newLocations()
    const socket = connect({ host, port })
    const sender = createCtp01Sender({
      connectionId: connectionIdOf(relay, of.id, store.laptopId),
      event: { name: of.name, id: of.id, description: of.description },
      context: of,
      locations: journal.locations,
    })
    const link: Link = {
      ...{ socket, sender, connected: false, blocked: false, stuck: undefined },
      deadline: setTimeout(
        () => socket.destroy(new Error('it does not answer: look at the cable, the Wi-Fi and the address.')),
        ANSWER_MS,
      ),
    }
    line.link = link
    const until = (ms: number, why: string): void => {
      clearTimeout(link.deadline)
      link.deadline = setTimeout(() => socket.destroy(new Error(why)), ms)
    }
    socket.setNoDelay(true)
    socket.setKeepAlive(true, 5000)
    socket.once('connect', () => {
      if (leadsHere(socket) && ownPorts().includes(port)) {
        line.message = ownPortTrouble(relay)
        socket.destroy()
        return
      }
      link.connected = true
      line.message = null
      until(GREETING_MS, 'somebody answers there but says nothing; a scoring program answers the greeting.')
      say(link, sender.begin())
      log.info({ relay: relay.name, host, port }, 'handing on reads')
      telling.look()
    })
    socket.on('data', chunk => {
      say(link, sender.receive(chunk))
      const { trouble, settings, pings } = sender.peer
      if (trouble !== null) {
        socket.destroy(new Error(`${trouble}.`))
        return
      }
      if (settings !== null) {
        line.failures = 0
        clearTimeout(link.deadline)
        if (pings) until(SILENCE_MS, 'it has fallen silent.')
      }
      soon(line, 0)
    })
    socket.on('drain', () => {
      clearTimeout(link.stuck)
      link.blocked = false
      soon(line, 0)
    })
    socket.on('error', error => {
      line.message = whyUnreachable(line.relay, error)
    })
    socket.once('close', () => {
      clearTimeout(link.deadline)
      clearTimeout(link.stuck)
      line.link = null
      line.message ??= sender.peer.lastError ?? `${placeOf(line.relay)} closed the connection.`
      if (link.connected) log.info({ relay: relay.name, why: line.message }, 'no longer handing on')
      telling.look()
      callAgain(line)
    })
  }

  function callAgain(line: Line): void {
    if (line.ended) return
    const pause = PAUSES_MS[line.failures] ?? LONGEST_PAUSE_MS
    line.failures += 1
    line.again = setTimeout(() => {
      line.again = undefined
      soon(line, 0)
    }, pause)
  }

  const hangUp = (line: Line): Promise<void> => {
    line.ended = true
    clearTimeout(line.again)
    clearTimeout(line.soon)
    const socket = line.link?.socket
    if (!socket) return Promise.resolve()
    return new Promise(resolve => {
      socket.once('close', () => resolve())
      socket.destroy()
    })
  }

  /** The list or the session has changed: what is new is called, what is gone let go, the others are left alone. */
  function follow(): void {
    const of = session()
    const wanted = relays(store.read).map(relay => ({ relay, key: keyOf(relay, of) }))
    for (const line of lines) if (!wanted.some(({ key }) => key === line.key)) void hangUp(line)
    lines = wanted.map(({ relay, key }) => {
      const known = lines.find(line => line.key === key)
      if (known) {
        known.relay = relay
        return known
      }
      const journal =
        relay.on && of !== null ? createRelayJournal(store.read, of.id, relay, () => onDisk) : null
      const line: Line = {
        ...{ relay, key, session: of, journal, link: null, failures: 0, message: null },
        ...{ again: undefined, soon: undefined, ended: false },
      }
      soon(line, 0)
      return line
    })
    if (lines.some(({ journal }) => journal !== null)) void forceReads()
    telling.look()
  }

  /** A read that was lost with the power may come again under another number: nobody must have heard of the first. */
  async function forceReads(): Promise<void> {
    const last = lastReadId(store.read)
    try {
      await store.forced()
    } catch (error) {
      log.error({ error: String(error) }, 'handing on waits for the disk')
      return
    }
    onDisk = Math.max(onDisk, last)
    for (const line of lines) soon(line, AFTER_LINKS_MS)
  }

  return {
    async start() {
      if (hearing) return
      hearing = store.onChange(tables => {
        if (tables.has('settings') || tables.has('timing_sessions') || tables.has('race_days')) follow()
        if (tables.has('timing_reads') && lines.some(({ journal }) => journal !== null)) void forceReads()
      })
      await forceReads()
      follow()
    },
    async stop() {
      hearing?.()
      hearing = null
      await Promise.all(lines.map(hangUp))
      lines = []
      telling.stop()
    },
    status,
    onStatus: telling.onChange,
  }
}
