import type { ClientBase } from 'pg'
import { AppError, isAppError } from '../core/errors.ts'
import type { Clock, Log, Service } from '../core/runtime.ts'
import { type PeopleCounts, recomputePeople } from './people/recompute.ts'
import type { Replication } from './replication.ts'

/** How a work of the office's stands. */
export interface OfficeStatus {
  /** waits: too much for the day, so the night does it. elsewhere: another machine is at it. */
  readonly state: 'resting' | 'working' | 'waits' | 'elsewhere' | 'failed'
  readonly message: string | null
  /** Of the work under way, or of the last. */
  readonly counts: PeopleCounts
  readonly lastDoneAt: number | null
  readonly feedTidiedAt: number | null
  /** Entries that went the last time. */
  readonly feedTidied: number
}

/** What a Trackside that runs all the time keeps in order at the central database, for its partner. */
export interface Office extends Service {
  status(): OfficeStatus
  /** Compares who is one person now, however much it is. */
  computeNow(): void
  /** What is written stays; what is left is done the next time. */
  cancel(): void
}

export interface OfficeParts {
  readonly replication: Pick<Replication, 'atCentral' | 'status'>
  readonly clock: Clock
  readonly log: Log
  readonly changed: () => void
  readonly lookEveryMs?: number
  /** 0 to 23, of a moment; default this machine's zone. */
  readonly hourOf?: (moment: number) => number
}

const LOOK_MS = 60_000
/** Blocks of one first name that are compared by day: a race's registrations, and not an import's. */
const BY_DAY = 500
const NIGHT = { from: 1, to: 5 } as const
const TIDY_EVERY_MS = 20 * 3_600_000
/** One connection that hangs does not hold it for ever; what was compared is written by then. */
const MOST_MS = 30 * 60_000

const NOTHING: PeopleCounts = { registrations: 0, people: 0 }

/**
 * Of one partner, one machine at a time, so that two do not do the same. Anybody may hold such a lock: who is no login of
 * the partner's keeps nobody away.
 */
const LOCK = `
  SELECT pg_try_advisory_lock(hashtext('trackside.office'), $1) OR NOT EXISTS (
    SELECT FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
    WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2
      AND l.classid = hashtext('trackside.office')::oid AND l.objid = $1::oid
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND pg_has_role(a.usesysid, 'trackside_partner_' || $1::integer, 'MEMBER')
  ) AS mine`
const WAITING =
  'SELECT count(DISTINCT block)::integer AS blocks FROM trackside.stale_people WHERE timing_partner_id = $1'

export function createOffice(parts: OfficeParts): Office {
  const { clock, log, replication } = parts
  const hourOf = parts.hourOf ?? ((moment: number) => new Date(moment).getHours())
  let status: OfficeStatus = {
    ...{ state: 'resting', message: null, counts: NOTHING, lastDoneAt: null },
    ...{ feedTidiedAt: null, feedTidied: 0 },
  }
  let timer: NodeJS.Timeout | null = null
  let working: Promise<void> | null = null
  let abort = new AbortController()
  let asked = false

  const become = (change: Partial<OfficeStatus>): void => {
    const next = { ...status, ...change }
    if (JSON.stringify(next) === JSON.stringify(status)) return
    status = next
    parts.changed()
  }
  const isNight = (): boolean => {
    const hour = hourOf(clock())
    return hour >= NIGHT.from && hour < NIGHT.to
  }

  const compare = async (client: ClientBase, partner: number, now: boolean): Promise<void> => {
    const { rows } = await client.query<{ blocks: number }>(WAITING, [partner])
    const blocks = rows[0]?.blocks ?? 0
    if (blocks === 0) return become({ state: 'resting', message: null })
    if (blocks > BY_DAY && !now && !isNight())
      return become({
        state: 'waits',
        message: `${blocks} first names are to be compared, which is left for the night (1 to 5 o’clock).`,
      })
    become({ state: 'working', message: null, counts: NOTHING })
    const counts = await recomputePeople(client, partner, {
      signal: abort.signal,
      onProgress: (_, so) => become({ counts: so }),
    })
    if (abort.signal.aborted)
      return become({ state: 'resting', message: 'Cancelled. What is left is done the next time.', counts })
    become({ state: 'resting', message: null, counts, lastDoneAt: clock() })
  }

  const tidy = async (client: ClientBase, partner: number): Promise<void> => {
    if (!isNight() || abort.signal.aborted) return
    if (status.feedTidiedAt !== null && clock() < status.feedTidiedAt + TIDY_EVERY_MS) return
    const { rows } = await client.query<{ taken: string }>('SELECT trackside.tidy_own_feed($1) AS taken', [
      partner,
    ])
    become({ feedTidiedAt: clock(), feedTidied: Number(rows[0]?.taken ?? 0) })
  }

  const look = async (): Promise<void> => {
    // Whether it can be reached is known from what is replicated.
    const now = asked
    asked = false
    if (!replication.status().peers.some(({ kind, state }) => kind === 'central' && state === 'in-step')) {
      if (now)
        become({ state: 'failed', message: 'The central database is not in step with this laptop now.' })
      return
    }
    try {
      await replication.atCentral(({ client, membership, within }) =>
        within(MOST_MS, work(client, membership.partnerId, now)),
      )
    } catch (error) {
      if (!isAppError(error)) log.error({ error: String(error) }, 'the office’s work failed')
      const message = isAppError(error) ? error.message : 'Trackside made a mistake here. The log says where.'
      become({ state: 'failed', message })
    }
  }
  const work = async (client: ClientBase, partner: number, now: boolean): Promise<void> => {
    const { rows } = await client.query<{ mine: boolean }>(LOCK, [partner])
    if (rows[0]?.mine !== true)
      return become({ state: 'elsewhere', message: 'Another Trackside of the office is at it.' })
    await compare(client, partner, now)
    await tidy(client, partner)
  }

  const tick = (): void => {
    working ??= look().finally(() => {
      working = null
      if (asked && timer !== null) tick()
    })
  }

  return {
    status: () => status,
    computeNow() {
      if (timer === null)
        throw new AppError('conflict', 'This Trackside keeps no order at the central database.')
      if (working === null) abort = new AbortController()
      asked = true
      tick()
    },
    cancel: () => abort.abort(),
    async start() {
      abort = new AbortController()
      timer = setInterval(() => {
        if (working === null) abort = new AbortController()
        tick()
      }, parts.lookEveryMs ?? LOOK_MS)
      timer.unref()
      tick()
    },
    async stop() {
      if (timer !== null) clearInterval(timer)
      timer = null
      abort.abort()
      await working
    },
  }
}
