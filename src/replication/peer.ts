import { AppError, isAppError } from '../core/errors.ts'
import type { Clock, Log, Service } from '../core/runtime.ts'
import { waitingFor } from '../store/outbox.ts'
import { movePeer, type PeerRow, peerById, sentThrough } from '../store/peers.ts'
import type { Store } from '../store/store.ts'
import { backoffMs } from './backoff.ts'
import { connectionTrouble } from './central/connection-trouble.ts'
import { membershipOf } from './central/membership.ts'
import type { Login } from './connection-code.ts'
import { ANSWER_MS, type Introduction, openPeerLink, type PeerLink } from './peer-link.ts'
import type { PeerKind } from './peer-words.ts'
import { countWaiting, type PullParts, pullPage } from './pull.ts'
import { heedReceipts, pushBatch } from './push.ts'
import { createReadsAhead, type ReadsAhead } from './reads-ahead.ts'
import type { PeerState, PeerStatus } from './replication.ts'

export interface PeerParts {
  readonly store: Store
  readonly clock: Clock
  readonly random: () => number
  readonly log: Log
  readonly who: Introduction
  readonly peerId: string
  /** @throws AppError secrets.locked */
  readonly login: () => Promise<Login>
  /** Its status is another. */
  readonly changed: () => void
  /** Somebody there asked for a connection's turn. */
  readonly turnAsked: () => void
}

export interface Peer extends Service {
  status(): PeerStatus
  /** Something changed here. One that cannot be reached is left in peace. */
  wake(): void
  /** It may be reached again. */
  tryNow(): void
  /** Tries now; resolves when both sides hold the same, or when it failed. */
  run(signal?: AbortSignal): Promise<void>
  /** Asks the peer something on its own connection, between two rounds; null: it is not there. */
  ask<T>(question: (link: PeerLink) => Promise<T>): Promise<T | null>
}

/** A notice may be lost with a connection that hangs: this often it is looked at without one. */
const POLL_MS = 5_000
/** Between two rounds: what comes in between goes together. */
const GATHER_MS = 50
const ROUND_MS = 120_000
const OFFLINE_MOST_MS = 15_000
const BLOCKED_MOST_MS = 60_000
const PAGE = 200
const BATCH = { rows: 200, reads: 10_000 }
const COUNTED = 100_000

/** Trouble of a moment, between two transactions there. */
const PASSING: ReadonlySet<string> = new Set(['40001', '40P01', '55P03', '57014'])

function explained(error: unknown, host: string, kind: PeerKind): AppError {
  const said = connectionTrouble(error, host, kind)
  if (isAppError(said)) return said
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
  const words = PASSING.has(code)
    ? 'The database was busy with the same rows.'
    : 'Trackside made a mistake here. The log says where.'
  return new AppError('central.unreachable', words, { cause: error, retriable: true })
}

/** Keeps this laptop and one peer in step, for as long as it runs: whatever fails is tried again, with patience. */
export function createPeer(parts: PeerParts): Peer {
  const { store, clock, random, log, peerId } = parts
  let state: PeerState = 'connecting'
  let trouble: AppError | null = null
  let failures = 0
  let nextTryAt: number | null = null
  let toTake: number | null = null
  /** Since when it catches up, and what was to do then: tells how long it takes. */
  let pace: { readonly at: number; readonly todo: number } | null = null
  let stopping = false
  let running: Promise<void> | null = null
  let link: PeerLink | null = null
  let wanted = false
  let urged = false
  let rouse: (() => void) | null = null
  const questions: ((link: PeerLink | null) => Promise<void>)[] = []
  let waiters: { readonly done: () => void; begun: boolean }[] = []

  const row = (): PeerRow | null => peerById(store.read, peerId)
  const kindOf = (): PeerKind => row()?.kind ?? 'central'
  const waiting = () => {
    const peer = row()
    return peer === null ? { rows: 0, reads: 0, since: null } : waitingFor(store.read, sentThrough(peer))
  }
  const become = (next: PeerState, why: AppError | null = null): void => {
    if (state === next && trouble?.message === why?.message) return
    state = next
    trouble = why
    parts.changed()
  }
  const settle = (begun: boolean): void => {
    const done = waiters.filter(waiter => !begun || waiter.begun)
    waiters = waiters.filter(waiter => !done.includes(waiter))
    for (const waiter of done) waiter.done()
  }
  const pause = (ms: number, isUp: () => boolean): Promise<void> =>
    new Promise(resolve => {
      const end = (): void => {
        clearTimeout(timer)
        rouse = null
        resolve()
      }
      rouse = () => {
        if (isUp() || urged || stopping) end()
      }
      const timer = setTimeout(end, ms)
      rouse()
    })
  const wake = (notice?: string): void => {
    if (notice === 'turn') parts.turnAsked()
    wanted = true
    rouse?.()
  }
  const tryNow = (): void => {
    urged = true
    rouse?.()
  }
  const answer = async (on: PeerLink | null): Promise<void> => {
    for (const question of questions.splice(0)) await question(on)
  }

  const begin = async (on: PeerLink): Promise<PullParts> => {
    const { client, membership, known, tables, checkTables } = on
    if (membership.installationId !== peerId)
      throw new AppError(
        'central.differs',
        'Another database answers under this address than the one this laptop joined. Nothing was sent. Join the new one with a connection code of its own.',
      )
    await heedReceipts({ store, client, peerId }, membership.feedId)
    return { store, log, client, peerId, membership, known, tables, checkTables }
  }

  /** One page from there, one batch to there. */
  const round = async (on: PeerLink, pull: PullParts, ahead: ReadsAhead): Promise<boolean> => {
    const pulled = await on.within(ROUND_MS, pullPage(pull, PAGE))
    const { membership, client, tables, checkTables } = on
    const { partnerId } = membership
    const sent = await on.within(
      ROUND_MS,
      pushBatch({ store, log, client, peerId, partnerId, tables, checkTables, ahead }, BATCH),
    )
    if (toTake !== null) toTake = pulled.more ? Math.max(0, toTake - pulled.entries) : 0
    if (!pulled.more && sent.last) return false
    if (pulled.more && (toTake === null || toTake === 0))
      toTake = await on.within(ROUND_MS, countWaiting(pull, COUNTED))
    const { rows, reads } = waiting()
    const todo = rows + reads + (toTake ?? 0)
    if (pace === null || todo > pace.todo) pace = { at: clock(), todo }
    become('catching-up')
    parts.changed()
    return true
  }

  const inStep = (): void => {
    const last = row()?.lastInStepAt ?? 0
    failures = 0
    pace = null
    if (state !== 'in-step' || clock() - last > 60_000)
      store.write(writer => movePeer(writer, peerId, { inStep: true }), 'replication', 'later')
    toTake = 0
    become('in-step')
  }

  const serve = async (on: PeerLink): Promise<void> => {
    const pull = await on.within(ROUND_MS, begin(on))
    const ahead = createReadsAhead(store.read, on.membership.partnerId)
    while (!stopping && row() !== null) {
      for (const waiter of waiters) waiter.begun = true
      wanted = false
      urged = false
      await answer(on)
      if (await round(on, pull, ahead)) continue
      inStep()
      settle(true)
      await pause(POLL_MS, () => wanted || questions.length > 0)
      if (wanted && !stopping) await new Promise(resolve => setTimeout(resolve, GATHER_MS))
    }
  }

  const failed = (error: unknown, host: string): void => {
    const said = explained(error, host, kindOf())
    if (!isAppError(error) && said.message.includes('mistake'))
      log.error({ peer: row()?.name, error: String(error) }, 'replication failed unexpectedly')
    const offline = said.code === 'central.unreachable' || said.code.startsWith('network.')
    failures += 1
    nextTryAt = clock() + backoffMs(failures, offline ? OFFLINE_MOST_MS : BLOCKED_MOST_MS, random)
    become(offline ? 'offline' : 'blocked', said)
  }

  /** A right that is missing in the middle: the partner was disabled or the login taken back meanwhile, and that is said. */
  const reasonOf = async (error: unknown): Promise<unknown> => {
    const on = link
    if (on === null || !(error instanceof Error && 'code' in error && error.code === '42501')) return error
    return on.within(ANSWER_MS, membershipOf(on.client, kindOf())).then(
      () => error,
      (said: unknown) => said,
    )
  }

  const live = async (): Promise<void> => {
    while (!stopping && row() !== null) {
      let host = row()?.name ?? ''
      try {
        if (state !== 'offline' && state !== 'blocked') become('connecting')
        const login = await parts.login()
        host = login.hosts[0] ?? host
        link = await openPeerLink(login, parts.who, kindOf(), wake)
        nextTryAt = null
        await serve(link)
      } catch (error) {
        if (!stopping) failed(await reasonOf(error), host)
      } finally {
        await answer(null)
        const was = link
        link = null
        toTake = null
        await was?.close()
      }
      if (stopping) return
      settle(true)
      await pause(Math.max(0, (nextTryAt ?? 0) - clock()), () => false)
      for (const waiter of waiters) waiter.begun = true
      urged = false
    }
  }

  return {
    async start() {
      stopping = false
      running ??= live().catch(error => log.error({ error: String(error) }, 'replication stopped'))
    },
    async stop() {
      stopping = true
      rouse?.()
      await running
      running = null
      settle(false)
    },
    wake: () => wake(),
    tryNow,
    run(signal) {
      if (running === null || signal?.aborted) return Promise.resolve()
      return new Promise(done => {
        waiters.push({ done, begun: false })
        signal?.addEventListener('abort', () => done(), { once: true })
        tryNow()
      })
    },
    ask(question) {
      if (link === null || stopping) return Promise.resolve(null)
      return new Promise((resolve, reject) => {
        questions.push(async on => {
          if (on === null) resolve(null)
          else
            await on.within(ROUND_MS, question(on)).then(resolve, error => {
              reject(error)
              throw error
            })
        })
        rouse?.()
      })
    },
    status() {
      const peer = row()
      const { rows, reads, since } = waiting()
      const now = clock()
      const todo = rows + reads + (toTake ?? 0)
      const done = pace === null ? 0 : pace.todo - todo
      const etaMs = pace === null || done <= 0 ? null : Math.round(((now - pace.at) * todo) / done)
      return {
        id: peerId,
        kind: kindOf(),
        name: peer?.name ?? '',
        state,
        code: trouble?.code ?? null,
        message: trouble?.message ?? null,
        toSend: rows,
        readsToSend: reads,
        toTake: state === 'in-step' || state === 'catching-up' ? toTake : null,
        etaMs: state === 'catching-up' ? etaMs : null,
        lagMs: since === null ? null : Math.max(0, now - since),
        lastInStepAt: peer?.lastInStepAt ?? null,
        nextTryAt: state === 'offline' || state === 'blocked' ? nextTryAt : null,
      }
    },
  }
}
