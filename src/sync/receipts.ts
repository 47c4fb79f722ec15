import type { TargetRace } from '../providers/provider.ts'
import { idOf } from '../store/ids.ts'
import { rowWhere } from '../store/rows.ts'
import type { Store } from '../store/store.ts'
import type { Account } from './account.ts'
import type { Desired } from './entries.ts'

/** Known from its keys: whoever sends somebody there writes the same one. */
export const receiptId = (participantId: string, target: Account, race: TargetRace): string =>
  idOf('push_receipts', participantId, target.provider.id, race.targetEventId)

/** Somebody who was sent. */
export interface Answer {
  readonly desired: Desired
  readonly entryId: string | null
  /** Of what the target accepted; '': it has not answered yet. */
  readonly hash: string
}

/** Written down before they are sent, and again as they were answered. */
export function keepReceipts(
  store: Store,
  target: Account,
  race: TargetRace,
  answers: readonly Answer[],
  /** Without its answer somebody is in doubt, and is read back before he is sent again. */
  force: 'now' | 'later',
): void {
  if (answers.length === 0) return
  store.write(
    writer => {
      const rows = answers.map(({ desired, entryId, hash }) => ({
        id: receiptId(desired.participantId, target, race),
        timingPartnerId: writer.partnerId,
        participantId: desired.participantId,
        targetProvider: target.provider.id,
        targetEventId: race.targetEventId,
        targetRaceId: race.targetRaceId,
        targetEntryId: entryId ?? desired.receipt?.targetEntryId ?? null,
        acceptedHash: hash,
        accepted: hash === '' ? {} : desired.values,
        acceptedAt: writer.at,
        clock: writer.clock,
        createdAt: desired.receipt?.createdAt ?? writer.at,
        updatedAt: writer.at,
      }))
      writer.putAll('push_receipts', rows)
    },
    undefined,
    force,
  )
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
      const id = receiptId(desired.participantId, target, race)
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
      const id = receiptId(participantId, target, race)
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
