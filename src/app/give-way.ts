import { setTimeout as wait } from 'node:timers/promises'

const REST_MS = 2

/**
 * Between two pieces of work that only a screen waits for. A turn of the event loop is not enough for readers: what
 * comes from one is stored in a first, linked in a second and told in a third.
 */
export const giveWay = (): Promise<void> => wait(REST_MS)
