import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { done, id, moment, route } from './route.ts'

const protocol = z.enum(['ctp01', 'mylaps', 'race-result'])

const door = z.object({
  protocol,
  state: z.enum(['listening', 'stopped', 'failed']),
  port: z.number().nullable(),
  /** What is wrong, in words. */
  message: z.string().nullable(),
})

/** A device's clock against this laptop's, by its live reads of the last minute. */
const readerClock = z.object({
  device: z.string(),
  /** Positive: the reader's clock is behind the laptop's. Null: not known, too few live reads or only old ones. */
  behindMs: z.number().nullable(),
  heardAt: moment,
})

const reader = z.object({
  /** Of one connection; another one has another. */
  key: z.string(),
  name: z.string(),
  protocol,
  address: z.string(),
  eventName: z.string().nullable(),
  locations: z.array(z.string()),
  state: z.enum(['greeting', 'streaming', 'silent', 'gone']),
  /** The last thing it would not do, in its words. */
  lastError: z.string().nullable(),
  connectedAt: moment,
  disconnectedAt: moment.nullable(),
  lastHeardAt: moment,
  lastReadAt: moment.nullable(),
  /** New to the journal since it connected. */
  reads: z.number(),
  redelivered: z.number(),
  /** Reads whose chip or bib nobody was known for when they came; test chips are not among them. */
  unknown: z.number(),
  refused: z.number(),
  readsPerSecond: z.number(),
  /** From the socket to the link being visible, over the last minute; null: nothing was linked in it. */
  latency: z.object({ minMs: z.number(), averageMs: z.number(), maxMs: z.number() }).nullable(),
  clocks: z.array(readerClock),
})
export type ReaderShown = z.infer<typeof reader>

const called = z.object({
  name: z.string(),
  protocol,
  host: z.string(),
  port: z.number(),
  location: z.string().nullable(),
  state: z.enum(['connected', 'calling']),
  /** What is in the way, in words. */
  message: z.string().nullable(),
})

/** Something about a numbered stream that stays until it is mended by itself or waved off. */
const notice = z.object({
  id: z.number(),
  /** gap: reads of these numbers never came. restart: the stream went from one number back to another. */
  kind: z.enum(['gap', 'restart']),
  sessionId: id,
  /** Of the read that showed it. */
  device: z.string(),
  location: z.string().nullable(),
  /** gap: the first and the last number that is missing. restart: the last before, the first after. */
  from: z.number(),
  to: z.number(),
  seenAt: moment,
  wavedOff: z.object({ at: moment, by: z.string(), reason: z.string().nullable() }).nullable(),
})
export type ReaderNotice = z.infer<typeof notice>

/** A mark in a controller's .mrk that its clock was set. */
const clockStep = z.object({
  readId: z.number(),
  device: z.string(),
  location: z.string().nullable(),
  /** As the box calls it: TimeChange, TimeSet. */
  mark: z.string(),
  /** The time the mark is stamped with, and the time it names. The vendor does not say which of them is the old one. */
  stampedAt: moment,
  namedAt: moment,
  /** namedAt - stampedAt */
  ms: z.number(),
})

const about = { device: z.string(), location: z.string().nullable(), since: moment }
const alarm = z.discriminatedUnion('code', [
  /** Shares are 0 to 1: of the last two minutes, and of what was before; null: too few before. */
  z.object({
    ...{ code: z.literal('unknown-climbing'), ...about },
    ...{ reads: z.number(), unknown: z.number(), share: z.number(), shareBefore: z.number().nullable() },
  }),
  z.object({ code: z.literal('clock-off'), ...about, behindMs: z.number() }),
  z.object({
    ...{ code: z.literal('gap'), ...about },
    ...{ noticeId: z.number(), from: z.number(), to: z.number(), missing: z.number() },
  }),
  z.object({
    ...{ code: z.literal('numbers-restarted'), ...about },
    ...{ noticeId: z.number(), from: z.number(), to: z.number() },
  }),
  /** Only while a race day is on: connected, but it says nothing. */
  z.object({ code: z.literal('silent'), ...about }),
  /** Only while a race day is on. */
  z.object({ code: z.literal('gone'), ...about, lastReadAt: moment.nullable() }),
])
export type ReaderAlarm = z.infer<typeof alarm>

const status = z.object({
  at: moment,
  sessionId: id.nullable(),
  doors: z.array(door),
  /** Connected ones, and those that left and are not back. */
  readers: z.array(reader),
  /** The list of readers that Trackside calls; PUT /timing/readers replaces it. */
  called: z.array(called),
  /** Newest first, at most 200; those of all sessions as long as they are open, waved off ones of this session. */
  notices: z.array(notice),
  alarms: z.array(alarm),
})
export type ReadersStatus = z.infer<typeof status>

export const readers = {
  status: route('GET', '/readers', 'crew', 'Doors, readers, their clocks, gaps and alarms').output(status),
  watch: route(
    'GET',
    '/readers/stream',
    'crew',
    'The same, again whenever it changes, at most twice a second',
  ).output(eventIterator(status)),
  clockSteps: route('GET', '/readers/clock-steps', 'crew', "Marks of boxes' clocks being set, by time")
    .input(z.object({ sessionId: id.optional() }))
    .output(z.object({ steps: z.array(clockStep) })),
  waveOff: route('PUT', '/readers/notices/{id}/wave-off', 'crew', 'Says that a gap or a restart is no matter')
    .input(z.object({ id: z.coerce.number().int(), reason: z.string().trim().max(500).optional() }))
    .output(notice),
  takeBack: route('DELETE', '/readers/notices/{id}/wave-off', 'crew', 'Takes that back: it is open again')
    .input(z.object({ id: z.coerce.number().int() }))
    .output(notice),
  askAgain: route(
    'POST',
    '/readers/ask-again',
    'crew',
    'Lets a reader’s connection go: it is back by itself, and is asked from its oldest gap',
  )
    .input(z.object({ key: z.string() }))
    .output(done),
}
