import type { TargetRace } from '../providers/provider.ts'
import { idOf } from '../store/ids.ts'
import { rowWhere } from '../store/rows.ts'
import type { Store } from '../store/store.ts'
import type { Account } from './account.ts'
import type { Desired } from './entries.ts'

/** What the target answered; a hash of '' says that it was sent and nobody answered yet. */
export function keepReceipts(
  store: Store,
  target: Account,
  race: TargetRace,
  answers: readonly { readonly desired: Desired; readonly entryId: string | null; readonly hash: string }[],
): void {
  if (answers.length === 0) return
  store.write(writer => {
    for (const { desired, entryId, hash } of answers) {
      writer.put('push_receipts', {
        id: idOf('push_receipts', desired.participantId, target.provider.id, race.targetEventId),
        timingPartnerId: writer.partnerId,
        participantId: desired.participantId,
        targetProvider: target.provider.id,
        targetEventId: race.targetEventId,
        targetRaceId: race.targetRaceId,
        targetEntryId: entryId ?? desired.receipt?.targetEntryId ?? null,
        acceptedHash: hash,
        accepted: hash === '' ? {} : { ...desired.values },
        acceptedAt: writer.at,
        clock: writer.clock,
        createdAt: desired.receipt?.createdAt ?? writer.at,
        updatedAt: writer.at,
      })
    }
  })
}

/** A refused entry is not in doubt: the target said that it does not hold it. */
export function forgetUnsent(
  store: Store,
  target: Account,
  race: TargetRace,
  refused: readonly Desired[],
): void {
  const made = refused.filter(desired => desired.receipt === null)
  if (made.length === 0) return
  store.write(writer => {
    for (const desired of made) {
      const id = idOf('push_receipts', desired.participantId, target.provider.id, race.targetEventId)
      writer.run(`DELETE FROM push_receipts WHERE id = ? AND accepted_hash = ''`, id)
      writer.run(`DELETE FROM outbox WHERE table_name = 'push_receipts' AND row_id = ?`, id)
    }
    writer.touched('push_receipts')
  })
}

/** The target does not hold them as it said: the next run reads back and sends them again. */
export function doubtReceipts(
  store: Store,
  target: Account,
  race: TargetRace,
  people: readonly { readonly participantId: string }[],
): void {
  store.write(writer => {
    for (const { participantId } of people) {
      const id = idOf('push_receipts', participantId, target.provider.id, race.targetEventId)
      const row = rowWhere(writer, 'push_receipts', 'id = ?', id)
      if (row === null) continue
      writer.put('push_receipts', {
        ...row,
        acceptedHash: '',
        accepted: {},
        clock: writer.clock,
        updatedAt: writer.at,
      })
    }
  })
}
