import type {
  EventRef,
  EventToScore,
  Provider,
  ProviderContext,
  ResultRow,
  TargetRace,
} from '../../../src/providers/provider.ts'
import type { OutsideServer } from '../../../src/rehearsal/http-host.ts'
import type { Budget } from '../outside.ts'

export interface SiteOptions {
  /** People registered, or entries held. */
  readonly people: number
  /** How far their clock is ahead of ours. */
  readonly skewMs?: number
}

/** A provider's rehearsal server with an account, and the hands of whoever works at the other side. */
export interface Site {
  readonly provider: Provider
  readonly server: OutsideServer
  readonly budget: Budget
  readonly settings: Readonly<Record<string, string>>
  readonly credentials: Readonly<Record<string, string>>
  readonly clock: () => number
  /** Both clocks. */
  advance(ms: number): void
  /** Everything that no error may tell, as of now. */
  secrets(): readonly string[]
  /** The query's word for how many rows a page shall have. */
  readonly pageSize: string
  /** HTTP 200 with the provider's own error, or one of a shape it might have, and what we call it. */
  readonly error200: {
    readonly fault: { readonly kind: 'error200'; readonly code: number }
    readonly code: string
  }
  readonly people?: People
  readonly places?: Places
  readonly scored?: Scored
  readonly publishing?: Publishing
}

/** What is listed at the other side, and somebody's hands there. */
export interface Rows {
  /** Keys of all that is there, in the order it came. */
  keys(): readonly string[]
  /** Returns the key. */
  add(): string
  remove(key: string): void
  /** Gives it another bib. */
  edit(key: string, bib: number): void
}

/** The registrations of one event. */
export interface People extends Rows {
  readonly event: EventRef
}

/** The entries of one race, by our keys. */
export interface Places extends Rows {
  readonly wanted: EventToScore
  readonly target: TargetRace
  /** Fields of an entry that is accepted. */
  readonly values: Readonly<Record<string, string>>
}

/** The results of one race, by the keys of those who have one. */
export interface Scored extends Rows {
  readonly target: TargetRace
}

/** Published results: those of one event still to be sent, those of another held already, by the provider's ids. */
export interface Publishing {
  readonly event: EventRef
  readonly rows: readonly ResultRow[]
  readonly held: Rows & { readonly event: EventRef }
}

export type MakeSite = (options: SiteOptions) => Promise<Site>

export const contextOf = (site: Site, more: Partial<ProviderContext> = {}): ProviderContext => ({
  settings: site.settings,
  credentials: site.credentials,
  fetch,
  clock: site.clock,
  signal: new AbortController().signal,
  async spend() {
    site.budget.spent += 1
  },
  ...more,
})
