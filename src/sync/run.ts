import { AppError, type ErrorCode, isAppError } from '../core/errors.ts'
import {
  type ConnectionRow,
  connectionById,
  connectionEventOf,
  eventsOf,
  scoredEvents,
} from '../store/connections.ts'
import { findingsToRepair, reconciliationsOf } from '../store/reconciliations.ts'
import { rowsWhere, rowWhere } from '../store/rows.ts'
import type { Store } from '../store/store.ts'
import type { Row } from '../store/tables.ts'
import { type Account, type AccountParts, openSide, type Use, working } from './account.ts'
import { EVENTS_EVERY_MS, resultsKey } from './agenda.ts'
import { type Centre, heldElsewhere, refuseElsewhere } from './centre.ts'
import type { PushOnly } from './due-entries.ts'
import { doubted } from './due-entries.ts'
import type { EventLocks } from './event-locks.ts'
import type { Held, OperationRow, Progress } from './operations.ts'
import { publishResults, type Wait } from './publish.ts'
import { pullEvents, pullParticipants } from './pull.ts'
import { pushEntries } from './push.ts'
import { discrepancyOfAll, reconcileEvent } from './reconcile.ts'
import { pullResults } from './results.ts'
import type { Troubles } from './run-ends.ts'
import { writeBack } from './write-back.ts'

const DAY = 24 * 60 * 60_000

/** What a run needs of the world. */
export interface RunParts {
  readonly store: Store
  readonly accounts: AccountParts
  readonly locks: EventLocks
  readonly wait: Wait
  readonly centre: Centre
  /** A person said that it is to be sent from here, whoever else may run it. */
  readonly anyway: boolean
}

/** Trouble of one event, which the connection's others need not have. */
const OF_EVENT: ReadonlySet<string> = new Set<ErrorCode>([
  'not-found',
  'input.invalid',
  'provider.forbidden',
  'provider.not-found',
  'provider.unavailable',
  'provider.unreadable',
  'provider.refused',
  'sync.needs-a-look',
  'entry.no-race',
])

const needsLook = (error: AppError): boolean => error.code === 'sync.needs-a-look'

const lookedOf = (troubles: Troubles): ReadonlySet<string> =>
  new Set([...troubles].filter(([, error]) => needsLook(error)).map(([id]) => id))

/**
 * Events this run is about. What was over a day ago and was fetched whole since is left out, unless that is all there
 * is or somebody asked for everything: a race that is reused each year brings its past years along.
 */
function eventsDue(
  store: Store,
  connection: ConnectionRow,
  operation: OperationRow,
  now: number,
): Row<'normalized_events'>[] {
  const all = eventsOf(store.read, connection)
  const { eventIds } = operation
  if (eventIds !== null) return all.filter(event => eventIds.includes(event.id))
  if (operation.full) return all
  const due = all.filter(event => {
    if (event.startAt === null || event.startAt > now - DAY) return true
    const state = connectionEventOf(store.read, connection.id, event.id)
    return state?.lastFullAt == null || state.lastFullAt < event.startAt
  })
  return due.length > 0 ? due : all
}

/**
 * One operation from its beginning or from where it was cut: pull → normalize → store → map → compare → push.
 * An event in trouble keeps no other waiting.
 * @returns events that were left in trouble, while others went well
 * @throws AppError what stopped it; what was done until then is stored
 */
export async function runOperation(
  parts: RunParts,
  operation: OperationRow,
  urgent: boolean,
  progress: Progress,
  signal: AbortSignal,
): Promise<Troubles> {
  const { store, accounts } = parts
  const connection = connectionById(store.read, operation.connectionId)
  if (connection === null) throw new AppError('not-found', 'This connection was taken away.')
  const run: Run = { ...parts, connection, progress, use: { signal, urgent, called: progress.called } }
  if (operation.operationType === 'results') return bringResults(run, operation)
  if (operation.operationType === 'publish') return publish(run, operation)
  if (operation.operationType === 'reconcile') return reconcile(run, operation)
  if (operation.operationType === 'write-back') return writeNumbersBack(run, operation)
  if (operation.retryOf !== null) return retry(run, operation.retryOf)
  const source = await openSide(accounts, connection, 'source', run.use)
  const now = accounts.clock()
  const stale = connection.eventsSyncedAt === null || connection.eventsSyncedAt < now - EVENTS_EVERY_MS
  if (operation.operationType === 'events' || operation.full || (stale && operation.eventIds === null))
    await working(
      accounts,
      () => source,
      () => pullEvents(store, connection, source, progress),
    )
  if (operation.operationType === 'events') return new Map()
  const events = eventsDue(store, connection, operation, now)
  if (operation.full) lookAtAll(store, connection)
  const pulled = await eachEvent(events, async event => {
    signal.throwIfAborted()
    progress.step(`Fetching ${event.eventName} from ${source.provider.name}`, expected(store, events))
    await parts.locks.hold(connection.id, event.id, () =>
      working(
        accounts,
        () => source,
        () => pullParticipants(store, connection, event, source, operation.full, progress),
      ),
    )
  })
  const pushed = await pushAll(run, operation.eventIds, null, lookedOf(pulled))
  return settled(new Map([...pulled, ...pushed]), events, progress)
}

/** Why nothing is sent now, of a run by the clock or after the other laptop's turn began. */
function heldNow({ centre, connection, progress, anyway }: Run): Held | null {
  const standing = centre.standing(connection.id)
  // What a person asked for goes on by itself when it is said again whose turn it is.
  if (standing.kind === 'unsure' && progress.row().triggerType !== 'scheduled')
    refuseElsewhere(standing, anyway)
  return heldElsewhere(standing, anyway)
}

/** For calls of a run that writes. */
const writing = (run: Run): Use => ({
  ...run.use,
  may: () => refuseElsewhere(run.centre.standing(run.connection.id), run.anyway),
})

interface Run extends RunParts {
  readonly connection: ConnectionRow
  readonly progress: Progress
  readonly use: Use
}

type EventRow = Row<'normalized_events'>

async function eachEvent(
  events: readonly EventRow[],
  work: (event: EventRow) => Promise<void>,
): Promise<Troubles> {
  const troubles = new Map<string, AppError>()
  for (const event of events) {
    try {
      await work(event)
    } catch (error) {
      if (!isAppError(error) || !OF_EVENT.has(error.code)) throw error
      troubles.set(event.id, error)
    }
  }
  return troubles
}

/** What may pass by itself stops the operation, to go on soon; what will not is said of its event, unless it was all. */
function settled(all: Troubles, events: readonly EventRow[], progress: Progress): Troubles {
  // What somebody must look at is kept, and said by the operation's status.
  const troubles = new Map([...all].filter(([, error]) => !needsLook(error)))
  const passing = [...troubles.values()].find(error => error.retriable)
  if (passing) throw passing
  const [first] = troubles.values()
  if (first && troubles.size >= events.length) throw first
  for (const [id, error] of troubles) {
    const name = events.find(event => event.id === id)?.eventName ?? id
    progress.refused({ stage: 'fetch', code: error.code, message: `${name}: ${error.message}` })
  }
  return troubles
}

/** A full run compares everybody with the target's receipts again, and reads back what the target holds. */
function lookAtAll(store: Store, connection: ConnectionRow): void {
  store.write(writer => {
    for (const row of rowsWhere(writer, 'connection_events', 'connection_id = ?', connection.id)) {
      writer.put('connection_events', {
        ...row,
        pushCheckedAt: null,
        targetReadAt: null,
        clock: writer.clock,
        updatedAt: writer.at,
      })
    }
  })
}

/** How many people a full fetch would bring, as far as is known. */
function expected(store: Store, events: readonly Row<'normalized_events'>[]): number | null {
  const known = events.reduce((sum, event) => {
    const row = store.read.get<{ people: number }>(
      'SELECT COUNT(*) AS people FROM normalized_participants WHERE normalized_event_id = ?',
      event.id,
    )
    return sum + (row?.people ?? 0)
  }, 0)
  return known > 0 ? known : null
}

/** @param eventIds null: all that go to scoring */
async function pushAll(
  run: Run,
  eventIds: readonly string[] | null,
  only: PushOnly | null,
  /** Events of which nothing is sent, for somebody must look at them first. */
  looked: ReadonlySet<string>,
): Promise<Troubles> {
  const { store, accounts, connection, progress, use } = run
  let opened: Account | null = null
  const side = {
    provider: accounts.providerById(connection.targetProvider),
    clock: accounts.clock,
    held: () => heldNow(run),
    open: async () => {
      opened ??= await openSide(accounts, connection, 'target', writing(run))
      return opened
    },
  }
  const all = scoredEvents(store.read, connection, accounts.clock())
  const target = { ...side, onlyEvent: all.length === 1 }
  const events = all.filter(
    event => (eventIds === null || eventIds.includes(event.id)) && !looked.has(event.id),
  )
  return eachEvent(events, async event => {
    use.signal.throwIfAborted()
    try {
      await run.locks.hold(connection.id, event.id, () =>
        working(
          accounts,
          () => opened,
          () =>
            run.centre.during(connection.id, () =>
              pushEntries(store, connection, event, target, progress, only),
            ),
        ),
      )
    } catch (error) {
      // An event that scoring has no race for keeps no other event waiting; it is tried again with every run.
      if (!isAppError(error) || error.code !== 'entry.no-race') throw error
      progress.refused({ stage: 'push', code: error.code, message: `${event.eventName}: ${error.message}` })
    }
  })
}

/** Results have locks of their own: a publication takes minutes, and registrations come in meanwhile. */
async function bringResults(run: Run, operation: OperationRow): Promise<Troubles> {
  const { store, accounts, connection, progress, use } = run
  const all = scoredEvents(store.read, connection, accounts.clock())
  const { eventIds } = operation
  const events =
    eventIds === null ? all : eventsOf(store.read, connection).filter(event => eventIds.includes(event.id))
  const target = await openSide(accounts, connection, 'target', use)
  const options = { full: operation.full, onlyEvent: all.length === 1 }
  const troubles = await eachEvent(events, async event => {
    use.signal.throwIfAborted()
    progress.step(`Fetching results of ${event.eventName} from ${target.provider.name}`)
    await run.locks.hold(connection.id, resultsKey(event.id), () =>
      working(
        accounts,
        () => target,
        () => pullResults(store, connection, event, target, options, progress),
      ),
    )
  })
  return settled(troubles, events, progress)
}

async function publish(run: Run, operation: OperationRow): Promise<Troubles> {
  const { store, accounts, connection, progress } = run
  const { eventIds, publish: choice } = operation
  if (choice === null || eventIds === null) throw new Error('a publication without what it may send')
  const source = await openSide(accounts, connection, 'source', writing(run))
  const events = eventsOf(store.read, connection).filter(event => eventIds.includes(event.id))
  const sending = { wait: run.wait, held: () => heldNow(run) }
  const troubles = await eachEvent(events, event =>
    run.locks.hold(connection.id, resultsKey(event.id), () =>
      working(
        accounts,
        () => source,
        () =>
          run.centre.during(connection.id, () =>
            publishResults(store, connection, event, source, choice, sending, progress),
          ),
      ),
    ),
  )
  return settled(troubles, events, progress)
}

/** Reads back what scoring holds of every event, and compares. Events that it was through with before it was cut are kept. */
async function reconcile(run: Run, operation: OperationRow): Promise<Troubles> {
  const { store, accounts, connection, progress, use } = run
  const all = scoredEvents(store.read, connection, accounts.clock())
  const { eventIds } = operation
  const events = eventIds === null ? all : all.filter(event => eventIds.includes(event.id))
  const done = new Set(reconciliationsOf(store.read, operation.id).map(row => row.normalizedEventId))
  const target = await openSide(accounts, connection, 'target', use)
  progress.step(`Reading back from ${target.provider.name}`, expected(store, events))
  const troubles = await eachEvent(
    events.filter(event => !done.has(event.id)),
    event =>
      run.locks.hold(connection.id, event.id, () =>
        working(
          accounts,
          () => target,
          () => {
            // It is looked for there, and may be made.
            const isNew = connectionEventOf(store.read, connection.id, event.id)?.targetEventId == null
            const held = isNew ? heldNow(run) : null
            if (held !== null) throw new AppError(held.code, held.message)
            return run.centre.during(connection.id, () =>
              reconcileEvent(store, connection, event, target, all.length === 1, progress),
            )
          },
        ),
      ),
  )
  progress.discrepancy(discrepancyOfAll(store.read, operation.id))
  return settled(troubles, events, progress)
}

/** Pushes what a reconciliation found and somebody asked to repair: those people, and nobody else. */
async function repair(run: Run): Promise<Troubles> {
  const { store, accounts, connection, progress } = run
  const events = scoredEvents(store.read, connection, accounts.clock())
  const eventIds = events.map(({ id }) => id)
  const findings = findingsToRepair(store.read, connection.id, eventIds, true)
  progress.step(`Repairing ${findings.length} entries`, findings.length)
  return settled(await pushAll(run, eventIds, doubted(findings), new Set()), events, progress)
}

async function writeNumbersBack(run: Run, operation: OperationRow): Promise<Troubles> {
  const { store, accounts, connection, progress } = run
  const { agreed } = operation
  if (agreed === null) throw new Error('a write-back without what it may write')
  const source = await openSide(accounts, connection, 'source', writing(run))
  const sending = { wait: run.wait, held: () => heldNow(run) }
  await working(
    accounts,
    () => source,
    () =>
      run.centre.during(connection.id, () => writeBack(store, connection, source, agreed, sending, progress)),
  )
  return new Map()
}

/** Tries the refused records of an operation again; those the source could not say are fetched anew. */
async function retry(run: Run, retryOf: string): Promise<Troubles> {
  const { store, accounts, connection, progress, use } = run
  const again = rowWhere(store.read, 'sync_operations', 'id = ?', retryOf)
  if (again?.operationType === 'reconcile') return repair(run)
  const errors = store.read.all<{ participant_id: string | null; stage: string }>(
    'SELECT participant_id, stage FROM sync_record_errors WHERE operation_id = ?',
    retryOf,
  )
  const events = eventsOf(store.read, connection)
  let pulled: Troubles = new Map()
  if (errors.some(error => error.stage === 'normalize' || error.stage === 'fetch')) {
    const source = await openSide(accounts, connection, 'source', use)
    pulled = await eachEvent(events, event =>
      run.locks.hold(connection.id, event.id, () =>
        working(
          accounts,
          () => source,
          () => pullParticipants(store, connection, event, source, true, progress),
        ),
      ),
    )
  }
  const people = new Map(
    errors.flatMap(error => (error.participant_id === null ? [] : [[error.participant_id, null] as const])),
  )
  progress.step(`Trying ${errors.length} refused records again`, errors.length)
  const pushed = await pushAll(run, null, people, lookedOf(pulled))
  return settled(new Map([...pulled, ...pushed]), events, progress)
}
