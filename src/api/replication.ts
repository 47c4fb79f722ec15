import { z } from 'zod'
import { done, id, limit, moment, opaque, route } from './route.ts'

export const PEER_STATES = ['connecting', 'offline', 'catching-up', 'in-step', 'blocked'] as const

const peer = z.object({
  id: z.string(),
  kind: z.enum(['central', 'hub']),
  /** Where it is, without secrets. */
  name: z.string(),
  state: z.enum(PEER_STATES),
  /** How it is, in words: "catching up, 1,203 changes, about 2 min". */
  words: z.string(),
  /** The same for a status bar, without what would not fit there. */
  short: z.string(),
  /** The hub that this laptop itself is. */
  own: z.boolean(),
  /** Of what keeps it, when offline or blocked. */
  code: z.string().nullable(),
  /** What keeps it, and what to do. */
  message: z.string().nullable(),
  /** Changes and reads of this laptop that it does not have yet. */
  toSend: z.number(),
  readsToSend: z.number(),
  /** What others wrote and this laptop does not have yet; null: not known. */
  toTake: z.number().nullable(),
  etaMs: z.number().nullable(),
  /** Age of the oldest change that is not there yet; null: none. */
  lagMs: z.number().nullable(),
  lastInStepAt: moment.nullable(),
  nextTryAt: moment.nullable(),
})
export type Peer = z.infer<typeof peer>

/** Of the central database, or of the hub where there is no central one. */
export const centralState = z.object({
  /** not-set-up: this laptop works alone; its changes wait all the same. */
  state: z.enum(['not-set-up', ...PEER_STATES]),
  /** Changes that wait here. */
  pending: z.number(),
  words: z.string(),
})

const status = centralState.extend({
  /** The words for a status bar, without what would not fit there. */
  short: z.string(),
  /** Whether it can join anybody: an app that was opened for one command cannot. */
  canJoin: z.boolean(),
  peers: z.array(peer),
})
export type ReplicationStatus = z.infer<typeof status>

const word = z.object({
  /** Whom it is about; null: nobody in particular. */
  participantId: id.nullable(),
  name: z.string().nullable(),
  /** What was decided: columns with their values, null where a decision was taken back. */
  decided: opaque,
  decidedBy: z.string().nullable(),
  decidedAt: moment,
  laptop: z.string(),
  thisLaptop: z.boolean(),
})
export type ConflictingWord = z.infer<typeof word>

const conflict = z.object({
  /** decision: two words on one thing. bib: one bib given to two people. */
  kind: z.enum(['decision', 'bib']),
  table: z.string(),
  noticedAt: moment,
  /** Nobody decided it again since. */
  open: z.boolean(),
  kept: word,
  lost: word,
  /** Who won and why. */
  why: z.string(),
})
export type Conflict = z.infer<typeof conflict>

export const replication = {
  status: route(
    'GET',
    '/replication/status',
    'crew',
    'How far this laptop and each of its peers are in step',
  ).output(status),
  run: route('POST', '/replication/run', 'crew', 'Tries every peer now; answers when all were tried').output(
    status,
  ),
  join: route(
    'POST',
    '/replication/peers',
    'manager',
    'Joins a central database or a hub by its connection code, which works once',
  )
    .input(z.object({ code: z.string().trim().min(1, 'Paste the connection code.') }))
    .output(peer),
  reach: route(
    'PUT',
    '/replication/peers/{id}/address',
    'manager',
    'A hub has another address now: it is tried there, by the same login and certificate, and kept',
  )
    .input(z.object({ id: z.string(), address: z.string().trim().min(1, 'Where is it now?').max(255) }))
    .output(peer),
  leave: route(
    'DELETE',
    '/replication/peers/{id}',
    'manager',
    'Leaves a peer: nothing goes there and nothing comes any more; what is here stays',
  )
    .input(z.object({ id: z.string() }))
    .output(done),
  conflicts: route(
    'GET',
    '/replication/conflicts',
    'crew',
    'What two laptops decided without having seen each other’s word',
  )
    .input(z.object({ participantId: id.optional(), limit: limit.default(100) }))
    .output(z.object({ conflicts: z.array(conflict) })),
}
