import { AppError } from '../core/errors.ts'
import type { Held } from './operations.ts'

/**
 * Who runs a connection.
 * - mine: this laptop, or nobody but it could: it has joined no central database.
 * - elsewhere: another laptop, which is named.
 * - unsure: this laptop's turn was not renewed, and another may have taken it: nobody can be asked. At a hub: the hub of
 *   the site may have given it to somebody, and cannot be asked from here.
 */
export type Standing =
  | { readonly kind: 'mine' }
  | { readonly kind: 'elsewhere'; readonly laptop: string }
  | { readonly kind: 'unsure'; readonly atHub: boolean }

/** What a run asks of the central database and the hub that the laptop has joined, if any. */
export interface Centre {
  standing(connectionId: string): Standing
  /** Asked for now, where somebody can be asked. */
  ask(connectionId: string): Promise<Standing>
  /** A person wants it here: whoever runs it stops first. Takes as long as that one needs, two minutes at most. */
  takeOver(connectionId: string, signal: AbortSignal): Promise<Standing>
  /** While something is sent. Its turn is not handed over to another laptop before that has ended. */
  during<T>(connectionId: string, work: () => Promise<T>): Promise<T>
  /** Brings what other laptops did, where that can be had now. Never fails. */
  bring(signal: AbortSignal): Promise<void>
  /** Sends what this run did; in its own time where that cannot be now. */
  send(): void
}

/** Of a laptop that has joined nothing. */
export const ALONE: Centre = {
  standing: () => ({ kind: 'mine' }),
  ask: async () => ({ kind: 'mine' }),
  takeOver: async () => ({ kind: 'mine' }),
  during: (_, work) => work(),
  bring: async () => {},
  send() {},
}

/** What a person is asked before a run of theirs; null: nothing. */
export function doubtInWords(standing: Standing): string | null {
  switch (standing.kind) {
    case 'mine':
      return null
    case 'elsewhere':
      return `${standing.laptop} runs this connection now. Do it there, or take it over: ${standing.laptop} stops first, which may take a minute.`
    case 'unsure':
      return standing.atHub
        ? 'The hub of the site says who runs this connection, and it cannot be reached from here. Take it over only if no laptop on that site sends for it any more, or wait: after an hour this laptop goes on by itself.'
        : 'Nobody can be asked now who runs this connection, and another laptop may have taken it over. Say that it is to be sent from here all the same, or wait.'
  }
}

/** @throws AppError sync.elsewhere, asking whoever wants it */
export async function refuseDoubt(centre: Centre, connectionId: string, anyway: boolean): Promise<void> {
  const doubt = anyway ? null : doubtInWords(await centre.ask(connectionId))
  if (doubt !== null) throw new AppError('sync.elsewhere', doubt)
}

const UNSURE =
  'Nobody can be asked now who runs this connection. They are sent as soon as the central database or the hub answers, or when somebody does it by hand and says so.'
const WAITS_MS = 15_000

/** Why a run does not send now; null: it may. */
export function heldElsewhere(standing: Standing, anyway: boolean): Held | null {
  switch (standing.kind) {
    case 'mine':
      return null
    case 'elsewhere':
      return {
        code: 'sync.elsewhere',
        message: `${standing.laptop} runs this connection now, and sends for it.`,
      }
    case 'unsure':
      return anyway ? null : { code: 'sync.elsewhere', message: UNSURE }
  }
}

/** The same, where a call stands just before it is made: it goes on by itself when there is nobody to ask. */
export function refuseElsewhere(standing: Standing, anyway: boolean): void {
  const held = heldElsewhere(standing, anyway)
  if (held === null) return
  const waits = standing.kind === 'unsure' ? { retriable: true, retryAfterMs: WAITS_MS } : {}
  throw new AppError(held.code, held.message, waits)
}
