import type { ProviderField } from '../core/mapping.ts'
import type {
  Numbers,
  ResultPlace,
  ResultStatus,
  SourceEvent,
  SourceParticipant,
  SourceResult,
  SplitTime,
} from '../core/model.ts'
import type { Clock, Json, JsonObject } from '../core/runtime.ts'
import type { Evidence, Operation, RateLimit, Setting } from '../core/settings.ts'

/** How to go on where a fetch stopped. Belongs to the provider that made it; others only keep it. */
export type Cursor = JsonObject

export interface Page<T> {
  readonly items: readonly T[]
  /** What each item is known by at the provider, where that is told before it is looked at; blank where it is not. */
  readonly keys?: readonly string[]
  /** Told when nobody asks for an item any more: the megabytes a long page is made from may go at once. */
  readonly letGo?: () => void
  /** Null on a complete page: the provider cannot be asked for changes only, and the next fetch begins from nothing. */
  readonly cursor: Cursor | null
  /**
   * True on the last page. Its cursor is where the next, incremental fetch begins.
   * A fetch that started from null and reached a complete page has seen everybody.
   */
  readonly complete: boolean
}

/** An account's settings and keys, and the world as the provider may use it. */
export interface ProviderContext {
  readonly settings: Readonly<Record<string, string>>
  readonly credentials: Readonly<Record<string, string>>
  readonly fetch: typeof fetch
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Waits until the account's budget allows one more call, and counts it. */
  spend(): Promise<void>
}

/** Whose keys these are, for "Test connection". */
export interface Account {
  readonly name: string
  readonly details: readonly string[]
}

/** An event by the provider's keys. */
export interface EventRef {
  readonly sourceEventId: string
  readonly sourceRaceId: string | null
  readonly timezone: string | null
}

/** An event of the registration side for which the scoring side must have a place. */
export interface EventToScore {
  readonly eventName: string
  readonly raceName: string | null
  readonly eventDate: string | null
  /** Whether it is the only event that goes there: only then a lone race may be meant without having its name. */
  readonly onlyEvent: boolean
}

/** Where entries of one event go. */
export interface TargetRace {
  readonly targetEventId: string
  readonly targetRaceId: string
  readonly name: string
}

/** One person as the scoring provider's fields. */
export interface Entry {
  /** Ours, and the same for ever: the scoring provider keeps it as its external id. */
  readonly key: string
  /** The scoring provider's own id, when it is known from a receipt. */
  readonly entryId: string | null
  readonly raceId: string
  readonly values: Readonly<Record<string, string>>
}

export type PushOutcome =
  | { readonly key: string; readonly ok: true; readonly entryId: string | null }
  | {
      readonly key: string
      readonly ok: false
      readonly code: 'entry.invalid' | 'entry.bib-taken'
      readonly message: string
    }

/** An entry as the scoring provider holds it. */
export interface TargetEntry {
  readonly entryId: string
  /** Our key, if we made it. */
  readonly key: string | null
  readonly bib: string | null
  readonly name: string | null
  /** By the scoring provider's own field names; a blank one is left out. Left out as a whole: it gives none back. */
  readonly values?: Readonly<Record<string, string>>
}

export interface ExportFile {
  readonly fileName: string
  readonly mediaType: string
  readonly text: string
}

/** A result as it is to stand at the registration provider. Times are ms. */
export interface ResultToPublish {
  /** Ours, and the same for ever. */
  readonly key: string
  /** The registration provider's key of the person; null for a walk-up it does not know. */
  readonly sourceParticipantId: string | null
  readonly bib: string | null
  readonly firstName: string | null
  readonly lastName: string | null
  readonly overallPlace: number | null
  readonly gunTimeMs: number | null
  readonly chipTimeMs: number | null
  readonly splits: readonly SplitTime[]
  readonly status: ResultStatus
}

/** A result as the provider's own fields. */
export interface ResultRow {
  readonly key: string
  /** The provider's own id of it, from a receipt: then it is corrected, not added. */
  readonly resultId: string | null
  readonly values: Readonly<Record<string, string>>
}

export type PublishOutcome =
  | { readonly key: string; readonly ok: true; readonly resultId: string | null }
  | { readonly key: string; readonly ok: false; readonly code: 'result.refused'; readonly message: string }

/** A result as the registration provider holds it. */
export interface PublishedResult {
  readonly resultId: string
  /** The provider's key of the person, where it gives it back. */
  readonly sourceParticipantId: string | null
  readonly bib: string | null
  readonly name: string | null
  /** Those of the fields we send that it gives back, as we write them. */
  readonly values: Readonly<Record<string, string>>
}

/** Numbers to stand at a registration, by the provider's key of it; what is null is left as it is there. */
export interface NumbersToWrite extends Numbers {
  readonly sourceParticipantId: string
}

export type NumbersOutcome =
  | { readonly sourceParticipantId: string; readonly ok: true }
  | { readonly sourceParticipantId: string; readonly ok: false; readonly message: string }

/** What the existing platform asks of an adapter, and bibs given here written to registration. */
export type Ability =
  | 'authenticate'
  | 'events'
  | 'participants'
  | 'create-event'
  | 'push'
  | 'results'
  | 'publish'
  | 'field-mapping'
  | 'write-back'

/** An answer that is not what documents and other clients let one expect. Of people it tells kinds of values, never a value. */
export interface Deviation {
  /** Method and path of the call. */
  readonly call: string
  /** A field as `[].user.dob`, or `status`, `paging`, `answer`. */
  readonly what: string
  readonly expected: string
  readonly came: string
  /** In how many places. */
  readonly times: number
}

export interface Judged {
  readonly deviations: readonly Deviation[]
  /** Fields that nobody spoke of. They pass, and may be mapped. */
  readonly newFields: readonly string[]
}

/** Holds what really comes against what is expected. */
export interface Watch {
  /** Asks for short pages, so that longer lists show how they are paged. */
  readonly fetch: typeof fetch
  /** Asks for pages as long as the provider's client does: for whoever needs a whole list. */
  readonly whole: typeof fetch
  /** Asks the lists met since the last judgement for two pages of two rows, and says how that went. */
  tryPages(context: ProviderContext): Promise<readonly Deviation[]>
  /** What came since the last judgement. */
  judge(): Promise<Judged>
}

/** A host of the vendor's for trying things out. */
export interface TestHost {
  readonly settings: Readonly<Record<string, string>>
  /** Whether what is written goes there as well, not to the real one. */
  readonly writes: boolean
  /** What to know of it. */
  readonly help: string
}

export interface Provider {
  /** Also its folder's name. */
  readonly id: string
  readonly name: string
  readonly roles: readonly ('registration' | 'scoring')[]
  readonly settings: readonly Setting[]
  /** Calls an account may make unless the user says otherwise. */
  readonly limit: RateLimit
  readonly fields: readonly ProviderField[]
  readonly evidence: { readonly [operation in Operation]?: Evidence }
  /** Settings by which an inferred operation must be seen to work anew, beside the keys. */
  readonly seenPer?: readonly string[]
  /** Why it does not do what others of its role do, in a sentence. */
  readonly cannot?: { readonly [ability in Ability]?: string }
  readonly testHost?: TestHost
  /** Over a fetch: what its answers are known to look like, declared in its folder. */
  readonly watch: (next: typeof fetch) => Watch
  /** @throws AppError provider.keys-refused, network.* … */
  check(context: ProviderContext): Promise<Account>
  events(context: ProviderContext): AsyncIterable<Page<SourceEvent>>
  readonly participants?: {
    /** From null: everybody. From a complete page's cursor: what changed since. From any other: where it stopped. */
    pull(context: ProviderContext, event: EventRef, since: Cursor | null): AsyncIterable<Page<Json>>
    /** @throws AppError participant.unreadable when the item has no key of its own */
    normalize(item: Json): SourceParticipant
  }
  readonly entries?: {
    /** @throws AppError entry.no-race when the scoring side has no such race and cannot be asked to make one */
    ensureEvent(context: ProviderContext, event: EventToScore): Promise<TargetRace>
    /** One outcome a record, in order. Throws only when the whole call failed; what came before is told by onOutcome. */
    push(
      context: ProviderContext,
      target: TargetRace,
      batch: readonly Entry[],
      onOutcome: (outcome: PushOutcome) => void,
    ): Promise<void>
    readBack(context: ProviderContext, target: TargetRace): AsyncIterable<Page<TargetEntry>>
    /**
     * The same rows as the provider's own import file; no call is made.
     * @param batch each with its event's name as `raceId`: the target's where it is known, else the source's
     */
    file(batch: readonly Entry[], settings: ProviderContext['settings']): ExportFile
  }
  /** Of a registration provider: bibs and chips that were given here. */
  readonly writeBack?: {
    /** Registrations of one call. */
    readonly batch: number
    /** Between two calls. */
    readonly pauseMs: number
    /** Why it would not take them; null: nothing known against it. */
    problem(numbers: Numbers): string | null
    /** One outcome a registration, in order. Throws when the whole call failed: then nobody knows what it took. */
    write(
      context: ProviderContext,
      event: EventRef,
      batch: readonly NumbersToWrite[],
    ): Promise<readonly NumbersOutcome[]>
  }
  /** Of a scoring provider. */
  readonly results?: {
    /** From null: all. From a complete page's cursor: what changed since, if the provider can say it, else all again. */
    pull(context: ProviderContext, target: TargetRace, since: Cursor | null): AsyncIterable<Page<Json>>
    /** @throws AppError result.unreadable when the item has no key of its own */
    normalize(item: Json): SourceResult
  }
  /** Of a registration provider. */
  readonly publication?: {
    /** Whether runners are told by mail or text when a result of theirs is new or changed. */
    readonly notifiesRunners: boolean
    /** Left out: no way is known to send them; the file is all. */
    readonly sending?: {
      /** Results of one call. */
      readonly batch: number
      /** Between two calls. */
      readonly pauseMs: number
      /** Where the event's results stand; null: nowhere yet. @param make makes a place where there is none */
      place(context: ProviderContext, event: EventRef, make: boolean): Promise<ResultPlace | null>
      values(result: ResultToPublish, place: ResultPlace | null): Readonly<Record<string, string>>
      /** One outcome a result, in order. Throws when the whole call failed: then nobody knows what it took. */
      publish(
        context: ProviderContext,
        event: EventRef,
        place: ResultPlace,
        batch: readonly ResultRow[],
      ): Promise<readonly PublishOutcome[]>
      readBack(
        context: ProviderContext,
        event: EventRef,
        place: ResultPlace,
      ): AsyncIterable<Page<PublishedResult>>
    }
    /** The same rows as the provider's own import file, or as a plain one where none is known. */
    file(batch: readonly ResultToPublish[]): ExportFile
  }
}
