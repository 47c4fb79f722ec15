import { createHash } from 'node:crypto'
import type { SourceResult } from '../core/model.ts'
import type { Json } from '../core/runtime.ts'
import { idOf } from './ids.ts'
import { rowsWhere, rowWhere } from './rows.ts'
import { latestVersion } from './source-version.ts'
import type { Row } from './tables.ts'
import type { Writer } from './writer.ts'

export interface ResultItem {
  readonly result: SourceResult
  readonly raw: Json
}

const hashOf = ({ sourceVersion: _, ...said }: SourceResult): string =>
  createHash('sha1').update(JSON.stringify(said)).digest('base64')

/**
 * Stores what a scoring provider says of some results of one event. What says the same keeps the moment of its last
 * change; what is older than the row stored, by the provider's own clock, is left.
 */
export function storeResults(
  writer: Writer,
  eventId: string,
  provider: string,
  items: readonly ResultItem[],
): { readonly added: number; readonly changed: number } {
  const counts = { added: 0, changed: 0 }
  for (const { result, raw } of items) {
    const id = idOf('normalized_results', eventId, provider, result.sourceResultId)
    const before = rowWhere(writer, 'normalized_results', 'id = ?', id)
    const hashKey = hashOf(result)
    const older =
      before?.sourceVersion != null &&
      result.sourceVersion !== null &&
      result.sourceVersion < before.sourceVersion
    if (before !== null && before.withdrawnAt === null && (older || before.hashKey === hashKey)) {
      writer.run('UPDATE normalized_results SET synced_at = ? WHERE id = ?', writer.at, id)
      continue
    }
    writer.put('normalized_results', {
      id,
      timingPartnerId: writer.partnerId,
      normalizedEventId: eventId,
      normalizedParticipantId: before?.normalizedParticipantId ?? null,
      sourceProvider: provider,
      sourceResultId: result.sourceResultId,
      entryKey: result.entryKey,
      entryId: result.entryId,
      bibNumber: result.bib,
      overallPlace: result.overallPlace,
      genderPlace: result.genderPlace,
      divisionPlace: result.divisionPlace,
      startAt: result.startAt,
      finishAt: result.finishAt,
      gunTimeMs: result.gunTimeMs,
      chipTimeMs: result.chipTimeMs,
      splitTimes: result.splits,
      resultStatus: result.status,
      normalizedData: raw,
      hashKey,
      sourceVersion: latestVersion(before, result),
      clock: writer.clock,
      changedAt: writer.at,
      withdrawnAt: null,
      syncedAt: writer.at,
      createdAt: before?.createdAt ?? writer.at,
      updatedAt: writer.at,
    })
    counts[before === null ? 'added' : 'changed'] += 1
  }
  return counts
}

/** Above so many results an answer without any is taken for trouble at the provider. */
const NOT_ALL_AT_ONCE = 10

/**
 * Says which results scoring gives no longer, after a complete fetch of an event that began then and brought `seen`.
 * @returns how many are newly withdrawn
 */
export function withdrawResults(
  writer: Writer,
  eventId: string,
  provider: string,
  fetchStartedAt: number,
  seen: number,
): number {
  const missing = rowsWhere(
    writer,
    'normalized_results',
    'normalized_event_id = ? AND source_provider = ? AND synced_at < ? AND withdrawn_at IS NULL',
    eventId,
    provider,
    fetchStartedAt,
  )
  if (seen === 0 && missing.length > NOT_ALL_AT_ONCE) return 0
  for (const row of missing)
    writer.put('normalized_results', {
      ...row,
      withdrawnAt: writer.at,
      changedAt: writer.at,
      updatedAt: writer.at,
    } satisfies Row<'normalized_results'>)
  return missing.length
}
