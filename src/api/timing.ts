import { z } from 'zod'
import { LINK_ROUTES, LINK_STATES, NOBODYS_CHIPS, READ_KINDS, UNLINKED_REASONS } from '../core/model.ts'
import { location } from './course.ts'
import { flag, id, limit, moment, route } from './route.ts'

export const session = z.object({
  id,
  sessionName: z.string(),
  raceDayId: id.nullable(),
  timezone: z.string(),
  status: z.enum(['active', 'ended']),
  startedAt: moment,
  reads: z.number(),
  locations: z.array(location),
})
export type Session = z.infer<typeof session>

export const read = z.object({
  id: z.number(),
  sessionId: id,
  kind: z.enum(READ_KINDS),
  location: z.string().nullable(),
  at: moment.nullable(),
  rawTime: z.string().nullable(),
  /** Why it has no time that counts, in words. */
  timeProblem: z.string().nullable(),
  chip: z.string().nullable(),
  device: z.string(),
  state: z.enum(LINK_STATES).nullable(),
  reason: z.enum(UNLINKED_REASONS).nullable(),
  route: z.enum(LINK_ROUTES).nullable(),
  duplicateOf: z.number().nullable(),
  participantId: id.nullable(),
  bibNumber: z.string().nullable(),
  name: z.string().nullable(),
  eventName: z.string().nullable(),
  /** Ms since the gun of the own wave, or of the event. */
  raceTimeMs: z.number().nullable(),
  receivedAt: moment,
})
export type Read = z.infer<typeof read>

const protocol = z.enum(['ctp01', 'mylaps', 'race-result'])
const listenerState = z.enum(['listening', 'stopped', 'failed'])

const reader = z.object({
  name: z.string(),
  protocol,
  address: z.string(),
  eventName: z.string().nullable(),
  state: z.enum(['greeting', 'streaming', 'silent', 'gone']),
  locations: z.array(z.string()),
  connectedAt: moment,
  disconnectedAt: moment.nullable(),
  lastReadAt: moment.nullable(),
  reads: z.number(),
  redelivered: z.number(),
  refused: z.number(),
  readsPerSecond: z.number(),
})

/** A CSV column's header, or its place from 0. */
const csvColumn = z.union([z.string(), z.number().int().min(0)])
export const csvColumns = z.object({
  chip: csvColumn.optional(),
  bib: csvColumn.optional(),
  time: csvColumn,
  date: csvColumn.optional(),
  location: csvColumn.optional(),
  device: csvColumn.optional(),
  antenna: csvColumn.optional(),
  rssi: csvColumn.optional(),
  /** Whether the first row names the columns; guessed when it is not said. */
  header: flag.optional(),
  /** Of times without a date; the day of the session when it is not said. */
  day: z.iso.date().optional(),
  /** Whether 5/8/2021 is the 5th of August; else it is the 8th of May. */
  dayFirst: flag.optional(),
})

/** A reader that Trackside calls. */
const readerToCall = z.object({
  protocol: z.enum(['race-result']),
  name: z.string().trim().min(1).max(80),
  host: z.string().trim().min(1).max(253),
  /** 3601 is where RACE RESULT decoders listen. */
  port: z.number().int().min(1).max(65_535).default(3601),
  location: z.string().trim().min(1).nullable().default(null),
})
const calledReaders = z.object({
  readers: z.array(
    readerToCall.extend({ state: z.enum(['connected', 'calling']), message: z.string().nullable() }),
  ),
})

const nobodysChip = z.object({
  chip: z.string(),
  kind: z.enum(NOBODYS_CHIPS),
  note: z.string().nullable(),
})
const nobodysChips = z.object({ chips: z.array(z.string()), entries: z.array(nobodysChip) })
const chipNote = z.string().trim().max(500).nullable()

export const timing = {
  sessions: route('GET', '/timing/sessions', 'crew', 'Timing sessions, newest first').output(
    z.object({ sessions: z.array(session) }),
  ),
  addSession: route('POST', '/timing/sessions', 'crew', 'A session of a race day, or of none yet')
    .input(
      z.object({
        sessionName: z.string().trim().min(1),
        raceDayId: id.nullable().optional(),
        timezone: z.string().optional(),
      }),
    )
    .output(session),
  updateSession: route(
    'PATCH',
    '/timing/sessions/{id}',
    'crew',
    'Gives a session its race day, a name, an end',
  )
    .input(
      z.object({
        id,
        sessionName: z.string().trim().min(1).optional(),
        raceDayId: id.nullable().optional(),
        status: z.enum(['active', 'ended']).optional(),
      }),
    )
    .output(session),
  status: route('GET', '/timing/status', 'display', 'Listener, readers, counts, unknown reads').output(
    z.object({
      listener: z.object({
        state: listenerState,
        port: z.number().nullable(),
        message: z.string().nullable(),
      }),
      listeners: z.array(
        z.object({
          protocol,
          state: listenerState,
          port: z.number().nullable(),
          message: z.string().nullable(),
        }),
      ),
      sessionId: id.nullable(),
      readers: z.array(reader),
      readsPerSecond: z.number(),
      lastReadAt: moment.nullable(),
      reads: z.number(),
      linked: z.number(),
      duplicates: z.number(),
      unlinked: z.number(),
      refused: z.number(),
    }),
  ),
  readers: route(
    'GET',
    '/timing/readers',
    'crew',
    'Readers that Trackside calls, and how it stands with each',
  ).output(calledReaders),
  setReaders: route('PUT', '/timing/readers', 'crew', 'Replaces the list of readers to call')
    .input(z.object({ readers: z.array(readerToCall).max(50) }))
    .output(calledReaders),
  import: route(
    'POST',
    '/timing/import',
    'crew',
    "A controller's file, as text or as the file itself (multipart)",
  )
    .input(
      z.object({
        sessionId: id,
        location: z.string().trim().min(1).optional(),
        format: z.enum(['chronotrack-controller', 'ctff01', 'csv']).default('chronotrack-controller'),
        /** Needed for CSV; without it the answer is 400, its details the header and three rows to choose from. */
        csvColumns: csvColumns.optional(),
        text: z.string().optional(),
        file: z.file().optional(),
        fileName: z.string().optional(),
      }),
    )
    .output(
      z.object({
        lines: z.number(),
        new: z.number(),
        redelivered: z.number(),
        refused: z.array(z.object({ line: z.number(), reason: z.string(), text: z.string() })),
        refusedCount: z.number(),
      }),
    ),
  reads: route('GET', '/timing/reads', 'display', 'Reads, newest first')
    .input(
      z.object({
        sessionId: id.optional(),
        state: z.enum(LINK_STATES).optional(),
        location: z.string().optional(),
        after: z.coerce.number().int().optional(),
        limit: limit.default(50),
      }),
    )
    .output(z.object({ reads: z.array(read), next: z.number().nullable() })),
  unlinked: route('GET', '/timing/unlinked', 'crew', 'Reads nobody is linked to, by chip')
    .input(z.object({ sessionId: id.optional(), limit: limit.default(100) }))
    .output(
      z.object({
        groups: z.array(
          z.object({
            sessionId: id,
            /** Null for reads keyed by hand, and for those of a reader whose clock is wrong. */
            chip: z.string().nullable(),
            /** Of reads keyed by hand; null while it is to come, and for reads of a chip. */
            bibNumber: z.string().nullable(),
            reason: z.enum(UNLINKED_REASONS),
            /** The reader whose clock is wrong; null for all others, which are by chip or bib. */
            device: z.string().nullable(),
            /** What is wrong with its times, in words. */
            timeProblem: z.string().nullable(),
            reads: z.number(),
            locations: z.array(z.string()),
            firstAt: moment.nullable(),
            lastAt: moment.nullable(),
            lastReadId: z.number(),
          }),
        ),
        reads: z.number(),
        chips: z.number(),
      }),
    ),
  refused: route('GET', '/timing/refused', 'crew', 'Lines that were no reads, with the reason')
    .input(z.object({ sessionId: id.optional(), limit: limit.default(100) }))
    .output(
      z.object({
        lines: z.array(
          z.object({
            id: z.number(),
            origin: z.string(),
            line: z.number().nullable(),
            reason: z.string(),
            text: z.string(),
            receivedAt: moment,
          }),
        ),
      }),
    ),
  assignRead: route('PUT', '/timing/reads/{id}/assignment', 'crew', 'Says whose one read is; null: nobody’s')
    .input(
      z.object({ id: z.coerce.number().int(), participantId: id.nullable(), reason: z.string().optional() }),
    )
    .output(read),
  takeBackAssignment: route(
    'DELETE',
    '/timing/reads/{id}/assignment',
    'crew',
    'Takes that back: the rules count again',
  )
    .input(z.object({ id: z.coerce.number().int() }))
    .output(read),
  assignChip: route(
    'PUT',
    '/timing/chips/{chip}/assignment',
    'crew',
    'Says whose a chip is from a moment on: all its reads follow',
  )
    .input(
      z.object({
        chip: z.string(),
        sessionId: id,
        participantId: id.nullable(),
        reason: z.string().optional(),
      }),
    )
    .output(z.object({ linked: z.number() })),
  takeBackChip: route(
    'DELETE',
    '/timing/chips/{chip}/assignment',
    'crew',
    'Takes that back: the rules count again',
  )
    .input(z.object({ chip: z.string(), sessionId: id }))
    .output(z.object({ linked: z.number() })),
  testChips: route('GET', '/timing/test-chips', 'crew', "Chips that are nobody's on purpose").output(
    nobodysChips,
  ),
  setTestChips: route('PUT', '/timing/test-chips', 'crew', 'Replaces the list of them')
    .input(
      z.object({
        /** Of these, what is known already stays; a new one is a test chip. */
        chips: z.array(z.string().trim().min(1)).max(10_000).default([]),
        entries: z
          .array(
            z.object({
              chip: z.string().trim().min(1),
              kind: z.enum(NOBODYS_CHIPS).default('test'),
              note: chipNote.default(null),
            }),
          )
          .max(10_000)
          .default([]),
      }),
    )
    .output(nobodysChips),
  addTestChips: route(
    'POST',
    '/timing/test-chips',
    'crew',
    'Adds a pasted list: chip, kind, note in each row',
  )
    .input(
      z.object({
        text: z.string().trim().min(1).max(1_000_000),
        /** Of rows that do not say it. */
        kind: z.enum(NOBODYS_CHIPS).default('test'),
        note: chipNote.default(null),
      }),
    )
    .output(
      nobodysChips.extend({
        added: z.number(),
        changed: z.number(),
        refused: z.array(z.object({ line: z.number(), reason: z.string(), text: z.string() })),
      }),
    ),
  removeTestChip: route('DELETE', '/timing/test-chips/{chip}', 'crew', 'Takes one from the list')
    .input(z.object({ chip: z.string().trim().min(1) }))
    .output(nobodysChips),
}
