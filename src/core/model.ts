/**
 * Glossary, the field's own words.
 *
 * - event: what a provider sells (the 5K, the Half). Race day: the events, of one or several providers,
 *   that share a site, mats and a help desk on one day.
 * - participant: one registration in one event. Entry: the same person on the scoring side.
 * - bib: what is pinned on. Chip: what is read. The supplier's file says which chips are on which bib.
 * - read: one detection, as received. Link: whose it is. Start: a gun for an event or one of its waves.
 * - override: what the crew decided about one field of one participant.
 * - connection: a registration provider's account tied to a scoring provider's.
 * - operation: one run of a sync over a connection.
 */
import type { Json } from './runtime.ts'

/** What the source may say of a registration. `gone`: a complete fetch no longer holds it. */
export const REGISTRATION_STATUSES = ['registered', 'withdrawn', 'deferred', 'transferred', 'gone'] as const
export type RegistrationStatus = (typeof REGISTRATION_STATUSES)[number]

/** What the crew says of somebody's race. */
export const RACE_STATUSES = ['none', 'dns', 'dnf', 'dq'] as const
export type RaceStatus = (typeof RACE_STATUSES)[number]

/** Fields of a participant that the source fills, under their column names. All text but age and race_distance. */
export const SOURCE_FIELDS = [
  'bib_number',
  'first_name',
  'last_name',
  'email',
  'phone',
  'date_of_birth',
  'gender',
  'age',
  'city',
  'state',
  'country',
  'emergency_contact',
  'race_distance',
  'division',
  'team_name',
  'wave',
  'registration_date',
  'chips',
  'registration_status',
] as const
export type SourceField = (typeof SOURCE_FIELDS)[number]

/** Fields the crew may decide; the last three live only there. */
export const OVERRIDE_FIELDS = [...SOURCE_FIELDS, 'checked_in_at', 'race_status', 'note'] as const
export type OverrideField = (typeof OVERRIDE_FIELDS)[number]

/** Values of a participant as a source gives them. Dates are YYYY-MM-DD; race_distance is km; null is unknown. */
export interface ParticipantValues {
  readonly bib_number: string | null
  readonly first_name: string | null
  readonly last_name: string | null
  readonly email: string | null
  readonly phone: string | null
  readonly date_of_birth: string | null
  readonly gender: string | null
  readonly age: number | null
  readonly city: string | null
  readonly state: string | null
  readonly country: string | null
  readonly emergency_contact: string | null
  readonly race_distance: number | null
  readonly division: string | null
  readonly team_name: string | null
  readonly wave: string | null
  readonly registration_date: string | null
  readonly chips: readonly string[]
  readonly registration_status: RegistrationStatus
}

export const NO_VALUES: ParticipantValues = {
  bib_number: null,
  first_name: null,
  last_name: null,
  email: null,
  phone: null,
  date_of_birth: null,
  gender: null,
  age: null,
  city: null,
  state: null,
  country: null,
  emergency_contact: null,
  race_distance: null,
  division: null,
  team_name: null,
  wave: null,
  registration_date: null,
  chips: [],
  registration_status: 'registered',
}

/** What a provider's normalize makes of one item. */
export interface SourceParticipant {
  /** The provider's own stable key. Names are for searching, never for knowing. */
  readonly sourceParticipantId: string
  /** The provider's own time of the last change, ms UTC; null where it has none. */
  readonly sourceVersion: number | null
  readonly values: ParticipantValues
  /** The registration this one was transferred to, by the provider's key. */
  readonly successorId: string | null
}

/** An event as a provider describes it. */
export interface SourceEvent {
  readonly sourceEventId: string
  /** What the provider groups events under (RunSignUp's race, CTLive's event); null where it has no such thing. */
  readonly sourceRaceId: string | null
  readonly raceName: string | null
  readonly eventName: string
  /** IANA zone of the site; null when the provider does not say. */
  readonly timezone: string | null
  readonly startAt: number | null
  /** Start as received. */
  readonly startText: string | null
  /** YYYY-MM-DD at the site. */
  readonly eventDate: string | null
  readonly eventType: string | null
  readonly distanceKm: number | null
  readonly city: string | null
  readonly state: string | null
  readonly country: string | null
  readonly maxParticipants: number | null
  readonly registrationOpenDate: string | null
  readonly registrationCloseDate: string | null
  readonly raw: Json
}

export const RESULT_STATUSES = ['finished', 'running', 'dns', 'dnf', 'dq', 'unknown'] as const
export type ResultStatus = (typeof RESULT_STATUSES)[number]

/** A split of a result: ms from the start that its times count from; null where there is none. */
export interface SplitTime {
  readonly name: string
  readonly gunMs: number | null
  readonly chipMs: number | null
}

/** What a scoring provider's normalize makes of one result. Times are ms; places count from 1. */
export interface SourceResult {
  /** The scoring provider's own key, the same whenever it is asked. */
  readonly sourceResultId: string
  /** The key of our entry, where the provider gives it back; else people are found by bib within the event. */
  readonly entryKey: string | null
  /** The provider's own id of the entry. */
  readonly entryId: string | null
  readonly bib: string | null
  readonly overallPlace: number | null
  readonly genderPlace: number | null
  readonly divisionPlace: number | null
  /** ms UTC; null where the provider says only how long it took. */
  readonly startAt: number | null
  readonly finishAt: number | null
  readonly gunTimeMs: number | null
  readonly chipTimeMs: number | null
  readonly splits: readonly SplitTime[]
  readonly status: ResultStatus
  /** The provider's own time of the last change, ms UTC; null where it has none. */
  readonly sourceVersion: number | null
}

/** Where a registration provider keeps the results of an event, with its own ids of the splits by their names. */
export type ResultPlace = {
  readonly id: string
  readonly splitIds: { readonly [name: string]: string }
}

/** What somebody agreed to publish: what rested at that moment, and whether what was published before is corrected. */
export type PublishChoice = {
  /** Ms UTC. */
  readonly asOf: number
  readonly includeCorrections: boolean
}

/** The bib and the chip of a registration; null: none. */
export type Numbers = { readonly bib: string | null; readonly chip: string | null }

export const NUMBER_OUTCOMES = ['in-doubt', 'accepted', 'refused'] as const
/** What the registration provider said of numbers it was sent. `in-doubt`: it has not answered. */
export type NumberOutcome = (typeof NUMBER_OUTCOMES)[number]

export const READ_KINDS = ['chip', 'gun', 'new-location', 'marker', 'manual'] as const
/** A gun time and a new location are reads of another kind, not noise; a marker is what a box says of itself. */
export type ReadKind = (typeof READ_KINDS)[number]

export const LINK_STATES = ['linked', 'duplicate', 'unlinked'] as const
export type LinkState = (typeof LINK_STATES)[number]

export const UNLINKED_REASONS = [
  'unknown-chip',
  'unknown-bib',
  'ambiguous',
  'unknown-location',
  'no-time',
  'test-chip',
  'ignored-chip',
] as const
export type UnlinkedReason = (typeof UNLINKED_REASONS)[number]

export const LINK_ROUTES = ['crew', 'chip-assignment', 'chip', 'bib-chip', 'bib'] as const
/** How a read found its person. `bib`: the chip's number is the bib itself, as on ChronoTrack tags. */
export type LinkRoute = (typeof LINK_ROUTES)[number]

export const LOCATION_KINDS = ['start', 'split', 'finish', 'other'] as const
/** Other: somewhere beside the course, nobody passes there. */
export type LocationKind = (typeof LOCATION_KINDS)[number]

export const COUNTED_READS = ['first', 'last'] as const
/** Which of somebody's reads of one passing counts. */
export type CountedRead = (typeof COUNTED_READS)[number]

export const NOBODYS_CHIPS = ['test', 'ignored'] as const
/** Chips that are nobody's on purpose. `test`: the crew's own; `ignored`: a pacer's, a lead car's. */
export type NobodysChip = (typeof NOBODYS_CHIPS)[number]

export const OFFSET_SOURCES = ['constant', 'read', 'gun'] as const
/** How a reader's offset was found: typed, or measured at a read or a gun of it whose true time is known. */
export type OffsetSource = (typeof OFFSET_SOURCES)[number]

export const QUESTION_KINDS = ['too-fast', 'out-of-order', 'before-gun', 'two-places', 'missed'] as const
/** What makes somebody's reads questionable. `missed` is for information: a finish without one of the splits. */
export type QuestionKind = (typeof QUESTION_KINDS)[number]

export const ROLES = ['display', 'crew', 'manager', 'admin'] as const
export type Role = (typeof ROLES)[number]

/**
 * `results`: from scoring to here. `publish`, and `write-back` of bibs and chips: from here to registration. `reconcile`:
 * both read, nothing sent.
 */
export const OPERATION_TYPES = [
  'events',
  'participants',
  'results',
  'publish',
  'write-back',
  'reconcile',
] as const
export type OperationType = (typeof OPERATION_TYPES)[number]

export const FINDING_KINDS = ['only-here', 'only-there', 'differs', 'gone-here'] as const
/** `gone-here`: no longer registered, and still at the target. */
export type FindingKind = (typeof FINDING_KINDS)[number]

export const FINDING_CAUSES = [
  'never-sent',
  'refused-there',
  'unsendable',
  'no-answer',
  'gone-there',
  'changed-there',
  'changed-here',
  'by-hand',
  'unknown-key',
  'twice',
  'gone',
] as const
/**
 * Why the two sides differ. Here: `never-sent` and `changed-here` wait for the next push, `unsendable` the mapping refuses.
 * There: `refused-there` the target refused, `no-answer` it never answered, `gone-there` it had accepted them once,
 * `changed-there` somebody changed them. Not ours: `by-hand` without a key of ours, `unknown-key` with one that nobody
 * here has, `twice` a second entry of somebody.
 */
export type FindingCause = (typeof FINDING_CAUSES)[number]

/** A field that the two sides hold otherwise, by the target's own name. Null: it holds nothing. */
export interface FieldDifference {
  readonly field: string
  readonly ours: string
  readonly theirs: string | null
}

export const OPERATION_STATUSES = [
  'pending',
  'running',
  'waiting',
  'held',
  'needs-a-look',
  'completed',
  'failed',
  'cancelled',
] as const
/**
 * pending → running → completed | failed | cancelled | held | needs-a-look.
 * waiting: the network is gone or the provider asked for patience; it goes on by itself where it stopped.
 * held: everything but an operation nobody has confirmed was done; the import file is offered instead.
 * needs-a-look: it would change more than a person should miss so shortly before a start; somebody lets it go on, or not.
 */
export type OperationStatus = (typeof OPERATION_STATUSES)[number]
