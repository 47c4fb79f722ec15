/** Milliseconds since the epoch, UTC. */
export type Clock = () => number

/** Something with a life: a listener, a timer, the whole app. A port that is taken is said by start. */
export interface Service {
  start(): Promise<void>
  stop(): Promise<void>
}

export interface Log {
  info(fields: Readonly<Record<string, unknown>>, message: string): void
  warn(fields: Readonly<Record<string, unknown>>, message: string): void
  error(fields: Readonly<Record<string, unknown>>, message: string): void
}

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }
export type JsonObject = { readonly [key: string]: Json }
