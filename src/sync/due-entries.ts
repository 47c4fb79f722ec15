import type { FieldDifference } from '../core/model.ts'
import type { Provider } from '../providers/provider.ts'
import type { FindingRow } from '../store/reconciliations.ts'
import type { Store } from '../store/store.ts'
import { breath } from './breath.ts'
import { type Desired, desiredPieces, isDue, type Offered, refusalOf } from './entries.ts'
import { type Changes, changesOfPush } from './look.ts'
import type { Progress } from './operations.ts'

/** People whose entries are made and compared between two turns of the event loop. */
const PIECE = 250

/** The only people to send, with what the target was seen to hold of them where that is otherwise than it accepted. */
export type PushOnly = ReadonlyMap<string, SeenThere | null>

/** Values by the target's own field names. */
export interface SeenThere {
  readonly entryId: string | null
  readonly fields: readonly FieldDifference[]
}

/** Whom the target must hear of. Their entries are made again when they are sent: all at once would fill the memory. */
export interface Due {
  /** Of participants that can be sent, in the order of their names. */
  readonly ids: readonly string[]
  readonly refused: number
  /** Somebody's entry has no id at the target that is known here. */
  readonly unknown: boolean
  /** Somebody was sent and never answered. */
  readonly unanswered: boolean
  /** What it would change of people who are known; null: nobody need look. */
  readonly changes: Changes | null
}

/** Looks through an event for what is due; what cannot be sent is a refused record. */
export async function lookAtDue(
  store: Store,
  offered: Offered,
  asked: { readonly since: number | null; readonly only: PushOnly | null; readonly near: boolean },
  progress: Progress,
): Promise<Due> {
  const { since, only, near } = asked
  const ids = new Set<string>()
  const bibs: Changes['bibs'][number][] = []
  let refused = 0
  let unknown = false
  let unanswered = false
  for (const piece of desiredPieces(store.read, offered, since, PIECE)) {
    const fit: Desired[] = []
    for (const found of piece) {
      if (ids.has(found.participantId) || (only !== null && !only.has(found.participantId))) continue
      const desired = asSeen(found, only)
      if (!isDue(desired)) continue
      const refusal = refusalOf(desired, offered.target)
      if (refusal === null) {
        ids.add(desired.participantId)
        const { receipt } = desired
        const entryId = receipt?.targetEntryId ?? only?.get(desired.participantId)?.entryId ?? null
        unknown ||= entryId === null
        unanswered ||= receipt !== null && receipt.targetEntryId === null
        if (near) fit.push(desired)
        continue
      }
      refused += 1
      progress.refused({
        stage: 'map',
        ...refusal,
        participantId: desired.participantId,
        sourceParticipantId: desired.sourceParticipantId,
      })
    }
    bibs.push(...changesOfPush(store.read, fit, bibFieldsOf(offered.target)).bibs)
    await breath()
  }
  return { ids: [...ids], refused, unknown, unanswered, changes: near ? { bibs, gone: [] } : null }
}

/** Somebody beside what the target was seen to hold of him, where that is known. */
export function asSeen(desired: Desired, only: PushOnly | null): Desired {
  const seen = only?.get(desired.participantId) ?? null
  return seen === null ? desired : inDoubt(desired, seen)
}

/** Somebody whose receipt is in doubt: due again, and what would change is counted from what the target was seen to hold. */
function inDoubt(desired: Desired, { entryId, fields }: SeenThere): Desired {
  const { receipt } = desired
  if (receipt === null) return desired
  const accepted = { ...receipt.accepted }
  for (const { field, theirs } of fields) {
    if (theirs === null) delete accepted[field]
    else accepted[field] = theirs
  }
  const targetEntryId = entryId ?? receipt.targetEntryId
  return { ...desired, receipt: { ...receipt, targetEntryId, accepted, acceptedHash: '' } }
}

/** The target's own fields for a bib, whatever the mapping puts into them. */
const bibFieldsOf = (target: Provider): readonly string[] =>
  target.fields.filter(({ ours }) => ours === 'bib_number').map(({ name }) => name)

/** The people of some findings as a push is to see them: their receipts doubted, with what the target was seen to hold. */
export const doubted = (findings: readonly FindingRow[]): PushOnly =>
  new Map(
    findings.flatMap(({ participantId, targetEntryId, fields }) =>
      participantId === null ? [] : [[participantId, { entryId: targetEntryId, fields }] as const],
    ),
  )
