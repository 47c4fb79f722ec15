import type { PreflightLine } from '../../api/preflight.ts'

/** What a line of the check says. */
export type Judged = Pick<PreflightLine, 'state' | 'words' | 'todo'>

export const ready = (words: string): Judged => ({ state: 'ready', words, todo: null })
/** Somebody should look at it before the start. */
export const look = (words: string, todo: string): Judged => ({ state: 'look', words, todo })
export const notReady = (words: string, todo: string): Judged => ({ state: 'not-ready', words, todo })
