import type { ReplicatedName } from './tables.ts'

/**
 * How two versions of one row become one.
 * - clock: several laptops may change it; the last writer by hybrid clock.
 * - source-version: a provider's word; its newer version, and where that says nothing the last to store it.
 * - owner: one laptop writes it, forward only.
 * - append: never changes.
 * - central: the central database's word.
 */
export type MergeRule = 'clock' | 'source-version' | 'owner' | 'append' | 'central'

export const MERGE_RULES: { readonly [name in ReplicatedName]: MergeRule } = {
  timing_partners: 'central',
  provider_connections: 'clock',
  connection_events: 'clock',
  field_mappings: 'clock',
  push_receipts: 'clock',
  publication_receipts: 'clock',
  number_receipts: 'clock',
  normalized_events: 'source-version',
  normalized_participants: 'source-version',
  normalized_results: 'source-version',
  race_days: 'clock',
  race_day_events: 'clock',
  course_points: 'clock',
  starts: 'clock',
  participant_overrides: 'clock',
  bib_chips: 'clock',
  chip_assignments: 'clock',
  test_chips: 'clock',
  timing_sessions: 'clock',
  timing_locations: 'clock',
  location_rules: 'clock',
  reader_offsets: 'clock',
  timing_reads: 'append',
  read_assignments: 'clock',
  displays: 'clock',
  display_layouts: 'clock',
  display_images: 'clock',
  sync_operations: 'owner',
  sync_record_errors: 'owner',
  reconciliations: 'owner',
  audit_log: 'append',
}

/** Columns that tell which of two versions is newer, compared in this order; null is the lowest. Equal: the same. */
export const NEWER_BY: { readonly [rule in MergeRule]: readonly string[] } = {
  clock: ['clock'],
  'source-version': ['source_version', 'clock'],
  owner: ['updated_at'],
  append: [],
  central: ['updated_at'],
}

type Columns = { readonly [name in ReplicatedName]?: readonly string[] }

/**
 * Bookkeeping beside a decision: the greater value stands, whichever row is newer, so that a sync on one laptop does not
 * outdo what was changed on another.
 */
export const GREATEST: Columns = {
  provider_connections: ['last_sync_at', 'last_success_at'],
}

/** Columns that say something of one laptop only: they are neither sent nor taken. */
export const LAPTOP_ONLY: Columns = {
  provider_connections: ['credentials_updated_at', 'events_synced_at'],
  connection_events: ['push_checked_at', 'reconcile_tried_at'],
  timing_reads: ['id', 'origin'],
}

/** Computed at the centre: a laptop that has not heard of it yet does not undo it. */
export const COMPUTED_THERE: Columns = {
  normalized_participants: ['global_participant_id'],
}
