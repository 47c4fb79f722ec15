import type { Entry, TargetRace } from '../providers/provider.ts'
import { type ConnectionRow, connectionEvent, connectionEventOf } from '../store/connections.ts'
import type { Store } from '../store/store.ts'
import type { Row } from '../store/tables.ts'
import type { Account } from './account.ts'
import type { Due } from './due-entries.ts'
import { type Desired, isOurKey } from './entries.ts'
import type { Progress } from './operations.ts'

export interface Ready {
  readonly desired: Desired
  readonly entry: Entry
}

/** What a race holds at the target, as far as it tells who is there already. */
export interface KnownThere {
  /** By our key. */
  readonly entryIds: ReadonlyMap<string, string>
  /** Of entries that we did not make, by their bib. */
  readonly foreign: ReadonlyMap<string, { readonly entryId: string; readonly name: string | null }>
}

/**
 * What the target already holds. It is asked when this laptop never read that race, or when something was sent that was
 * never answered; null: it need not be asked.
 */
export async function knownThere(
  store: Store,
  connection: ConnectionRow,
  event: Row<'normalized_events'>,
  target: Account,
  race: TargetRace,
  { unknown, unanswered }: Due,
): Promise<KnownThere | null> {
  const { entries } = target.provider
  const state = connectionEventOf(store.read, connection.id, event.id)
  const needed = unknown && (unanswered || state?.targetReadAt == null)
  if (!needed || !entries) return null
  const entryIds = new Map<string, string>()
  const foreign = new Map<string, { readonly entryId: string; readonly name: string | null }>()
  for await (const page of entries.readBack(target.context, race)) {
    for (const { key, bib, entryId, name } of page.items) {
      if (key !== null) entryIds.set(key, entryId)
      if (bib !== null && !isOurKey(key)) foreign.set(bib, { entryId, name })
    }
  }
  store.write(writer => {
    const row = connectionEvent(writer, connection.id, event.id)
    writer.put('connection_events', {
      ...row,
      targetReadAt: writer.at,
      clock: writer.clock,
      updatedAt: writer.at,
    })
  })
  return { entryIds, foreign }
}

/** An entry with the target's own id where it already holds it; refused, where another entry there has its bib. */
export function withKnown(
  target: Account,
  there: KnownThere | null,
  desired: Desired,
  entry: Entry,
  progress: Progress,
): readonly Ready[] {
  if (there === null) return [{ desired, entry }]
  const held = there.entryIds.get(desired.key)
  if (held !== undefined) return [{ desired, entry: { ...entry, entryId: held } }]
  const foreign = desired.bibNumber === null ? undefined : there.foreign.get(desired.bibNumber)
  if (!foreign || entry.entryId !== null) return [{ desired, entry }]
  progress.refused({
    stage: 'push',
    code: 'entry.bib-taken',
    message: `Bib ${desired.bibNumber} is on ${target.provider.name}'s entry ${foreign.entryId} (${foreign.name ?? 'no name'}), which Trackside did not make. Take it out there, or change one of the bibs.`,
    participantId: desired.participantId,
    sourceParticipantId: desired.sourceParticipantId,
  })
  return []
}
