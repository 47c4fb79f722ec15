const MINUTE = 60_000
const HOUR = 60 * MINUTE

export type Schedule =
  | { readonly mode: 'event' }
  | { readonly mode: 'interval'; readonly intervalMinutes: number }

/**
 * How long to wait between two runs for an event that starts then, as the existing platform ran it:
 * more than 24 h before: 4 h; within 24 h: 15 min; within 4 h: 1 min, until 1 h after the start.
 * Null: nothing more to run. An event whose start nobody knows is treated as far away.
 */
export function intervalAt(startAt: number | null, now: number): number | null {
  if (startAt === null) return 4 * HOUR
  const left = startAt - now
  if (left > 24 * HOUR) return 4 * HOUR
  if (left > 4 * HOUR) return 15 * MINUTE
  if (left >= -HOUR) return MINUTE
  return null
}

/** The next moment at which the wait becomes shorter or ends, so that a long wait is not slept through. */
function nextChange(startAt: number | null, now: number): number {
  if (startAt === null) return Number.POSITIVE_INFINITY
  return [startAt - 24 * HOUR, startAt - 4 * HOUR].find(moment => moment > now) ?? Number.POSITIVE_INFINITY
}

/** When one event is looked at again. */
export interface Turn {
  readonly dueAt: number
  /** When the turn after it begins: later than that it is lost. */
  readonly deadlineAt: number
  /** Its race is so near that it goes before all others. */
  readonly urgent: boolean
}

/**
 * When an event is due. Null: no more scheduled runs.
 * Minutes are counted from the start itself, so that a run that began late does not move all that follow.
 * @param lastRunAt start of the last run, null if there was none (then it is due at once)
 */
export function nextTurn(
  schedule: Schedule,
  startAt: number | null,
  lastRunAt: number | null,
  now: number,
): Turn | null {
  const wait = intervalAt(startAt, now)
  const urgent = wait === MINUTE && schedule.mode === 'event'
  if (schedule.mode === 'interval') {
    const every = Math.max(1, schedule.intervalMinutes) * MINUTE
    const dueAt = lastRunAt === null ? now : lastRunAt + every
    return { dueAt, deadlineAt: dueAt + every, urgent: wait === MINUTE }
  }
  if (wait === null) return null
  if (lastRunAt === null) return { dueAt: now, deadlineAt: now + wait, urgent }
  const before = intervalAt(startAt, lastRunAt) ?? wait
  const dueAt =
    startAt !== null && before === MINUTE
      ? startAt + (Math.floor((lastRunAt - startAt) / MINUTE) + 1) * MINUTE
      : Math.min(lastRunAt + before, nextChange(startAt, lastRunAt))
  return { dueAt, deadlineAt: dueAt + wait, urgent }
}

/** A race goes on for so long: then its results change often. */
const RACE_MS = 12 * HOUR
/** And so long somebody may correct them. */
const CORRECTED_MS = 72 * HOUR

/**
 * How long to wait between two pulls of an event's results: nothing before its start, which must be known; every 5 min
 * while the race is on, or as often as the connection says; every 4 h for three days; then none.
 */
function resultsIntervalAt(schedule: Schedule, startAt: number | null, now: number): number | null {
  if (startAt === null || now < startAt || now > startAt + CORRECTED_MS) return null
  if (now > startAt + RACE_MS) return 4 * HOUR
  return schedule.mode === 'interval' ? Math.max(1, schedule.intervalMinutes) * MINUTE : 5 * MINUTE
}

/**
 * When an event's results are due. Null: not by themselves, for now or for good.
 * Never urgent: what comes in may wait for what must be there before a start.
 */
export function nextResultsTurn(
  schedule: Schedule,
  startAt: number | null,
  lastRunAt: number | null,
  now: number,
): Turn | null {
  const wait = resultsIntervalAt(schedule, startAt, now)
  if (wait === null) return null
  const dueAt = lastRunAt === null ? now : lastRunAt + wait
  return { dueAt, deadlineAt: dueAt + wait, urgent: false }
}

/** A schedule in words, for a card. */
export function scheduleInWords(schedule: Schedule, startAt: number | null, now: number): string {
  if (schedule.mode === 'interval') {
    return schedule.intervalMinutes === 1 ? 'every minute' : `every ${schedule.intervalMinutes} min`
  }
  const wait = intervalAt(startAt, now)
  if (wait === null) return 'schedule ended 1 h after the start'
  return wait === MINUTE
    ? 'every minute until 1 h after the start'
    : wait === HOUR * 4
      ? 'every 4 h'
      : 'every 15 min'
}
