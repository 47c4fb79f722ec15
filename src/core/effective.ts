import {
  OVERRIDE_FIELDS,
  type OverrideField,
  type ParticipantValues,
  RACE_STATUSES,
  type RaceStatus,
  type RegistrationStatus,
} from './model.ts'
import type { Json } from './runtime.ts'
import { ageOn } from './time.ts'

/** What the crew decided, by field. A field that is there with null was decided to be empty. */
export type Overrides = { readonly [field in OverrideField]?: Json }

/** What everyone sees of a participant. */
export interface EffectiveParticipant extends ParticipantValues {
  /** Ms UTC. */
  readonly checked_in_at: number | null
  readonly race_status: RaceStatus
  readonly note: string | null
  /** One word for the three states together, as the existing platform's participant_status. */
  readonly participant_status: string
}

const text = (value: Json | undefined): string | null =>
  value === null || value === undefined || value === '' ? null : String(value)

const number = (value: Json | undefined): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null

/** One word for the three states: what ends a race first, then what the source says, then the desk. */
export function participantStatus(
  registration: RegistrationStatus,
  race: RaceStatus,
  checkedInAt: number | null,
): string {
  if (race !== 'none') return race
  if (registration !== 'registered') return registration
  return checkedInAt === null ? 'registered' : 'checked_in'
}

/**
 * Source and decisions together. Every override is kept, whatever the source says later.
 * Age is the age on race day where birth date and event date are both known and nobody decided otherwise.
 */
export function effective(
  source: ParticipantValues,
  overrides: Overrides,
  eventDate: string | null,
): EffectiveParticipant {
  const has = (field: OverrideField): boolean => Object.hasOwn(overrides, field)
  const pickText = (field: TextField): string | null => (has(field) ? text(overrides[field]) : source[field])
  const birth = pickText('date_of_birth')
  const computedAge = birth !== null && eventDate !== null ? ageOn(birth, eventDate) : null
  const raceStatus = RACE_STATUSES.find(status => status === overrides.race_status) ?? 'none'
  const checkedInAt = number(overrides.checked_in_at)
  const status = (text(overrides.registration_status) ?? source.registration_status) as RegistrationStatus
  const chips = overrides.chips
  return {
    bib_number: pickText('bib_number'),
    first_name: pickText('first_name'),
    last_name: pickText('last_name'),
    email: pickText('email'),
    phone: pickText('phone'),
    date_of_birth: birth,
    gender: pickText('gender'),
    age: has('age') ? number(overrides.age) : (computedAge ?? source.age),
    city: pickText('city'),
    state: pickText('state'),
    country: pickText('country'),
    emergency_contact: pickText('emergency_contact'),
    race_distance: has('race_distance') ? number(overrides.race_distance) : source.race_distance,
    division: pickText('division'),
    team_name: pickText('team_name'),
    wave: pickText('wave'),
    registration_date: pickText('registration_date'),
    chips: Array.isArray(chips) ? chips.map(String) : source.chips,
    registration_status: status,
    checked_in_at: checkedInAt,
    race_status: raceStatus,
    note: text(overrides.note),
    participant_status: participantStatus(status, raceStatus, checkedInAt),
  }
}

type TextField = {
  [field in keyof ParticipantValues]: ParticipantValues[field] extends string | null ? field : never
}[keyof ParticipantValues] &
  OverrideField

export interface SourceDifference {
  readonly field: OverrideField
  readonly source: Json
  readonly decided: Json
}

/** Decisions of the crew that say something else than the source does now. */
export function sourceDiffers(source: ParticipantValues, overrides: Overrides): readonly SourceDifference[] {
  const differences: SourceDifference[] = []
  for (const field of OVERRIDE_FIELDS) {
    if (!Object.hasOwn(overrides, field) || !(field in source)) continue
    const said = source[field as keyof ParticipantValues] as Json
    const decided = overrides[field] ?? null
    if (JSON.stringify(said) !== JSON.stringify(decided)) differences.push({ field, source: said, decided })
  }
  return differences
}
