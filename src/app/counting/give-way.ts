import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises'
import { isMainThread } from 'node:worker_threads'

const REST_MS = 2

/**
 * Between two pieces of work that only a screen waits for. A turn of the event loop is not enough for readers: what
 * comes from one is stored in a first, linked in a second and told in a third. In a thread beside them nobody waits but
 * the next question.
 */
export const giveWay = (): Promise<void> => (isMainThread ? wait(REST_MS) : nextTurn())
