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

/**
 * When a connection is due: the earliest any of its events asks for. Null: no more scheduled runs.
 * @param lastRunAt start of the last run, null if there was none (then it is due at once)
 */
export function nextRunAt(
  schedule: Schedule,
  starts: readonly (number | null)[],
  lastRunAt: number | null,
  now: number,
): number | null {
  if (lastRunAt === null) return now
  if (schedule.mode === 'interval') return lastRunAt + Math.max(1, schedule.intervalMinutes) * MINUTE
  if (starts.length === 0) return lastRunAt + 4 * HOUR
  const dues = starts.flatMap(startAt => {
    const wait = intervalAt(startAt, lastRunAt)
    if (wait === null || intervalAt(startAt, now) === null) return []
    return [Math.min(lastRunAt + wait, nextChange(startAt, lastRunAt))]
  })
  return dues.length === 0 ? null : Math.min(...dues)
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
