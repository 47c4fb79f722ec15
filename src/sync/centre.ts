import type { Held } from './operations.ts'

/**
 * Who runs a connection.
 * - mine: this laptop, or nobody but it could: it has joined no central database.
 * - elsewhere: another laptop, which is named.
 * - unsure: this laptop's turn was not renewed, and another may have taken it: nobody can be asked.
 */
export type Standing =
  | { readonly kind: 'mine' }
  | { readonly kind: 'elsewhere'; readonly laptop: string }
  | { readonly kind: 'unsure' }

/** What a run asks of the central database that the laptop has joined, if any. */
export interface Centre {
  standing(connectionId: string): Standing
  /** Asked for now, where somebody can be asked. */
  ask(connectionId: string): Promise<Standing>
  /** Brings what other laptops did, where that can be had now. Never fails. */
  bring(signal: AbortSignal): Promise<void>
  /** Sends what this run did; in its own time where that cannot be now. */
  send(): void
}

/** Of a laptop that has joined nothing. */
export const ALONE: Centre = {
  standing: () => ({ kind: 'mine' }),
  ask: async () => ({ kind: 'mine' }),
  bring: async () => {},
  send() {},
}

/** What a person is asked before a run of theirs; null: nothing. */
export function doubtInWords(standing: Standing): string | null {
  switch (standing.kind) {
    case 'mine':
      return null
    case 'elsewhere':
      return `${standing.laptop} runs this connection now. Two laptops that send at once may undo each other’s entries: sync there, or say that it is to be here all the same.`
    case 'unsure':
      return 'The central database cannot be asked who runs this connection, and another laptop may have taken it over. Say that it is to be sent from here all the same, or wait.'
  }
}

export const HELD_UNSURE: Held = {
  code: 'sync.elsewhere',
  message:
    'The central database cannot be asked who runs this connection. They are sent as soon as it answers, or when somebody syncs by hand and says so.',
}
