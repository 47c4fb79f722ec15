import type { Conflict as Shown } from '../api/replication.ts'
import type { Json, JsonObject } from '../core/runtime.ts'
import { type Conflict, conflicts, type Word } from '../store/conflicts.ts'
import type { Reader } from '../store/reader.ts'

/** What a word of a decision says of somebody: the field with its value, null where the decision was taken back. */
const overridden = ({ said }: Word): JsonObject => ({
  [String(said.field)]: said.withdrawn === 1 ? null : (said.value ?? null),
})

/** Of both words what one says and the other does not. */
function differing(one: JsonObject, other: JsonObject): JsonObject {
  const apart = Object.entries(one).filter(
    ([name, value]) => name !== 'reason' && JSON.stringify(value) !== JSON.stringify(other[name] ?? null),
  )
  return Object.fromEntries(apart)
}

function decidedOf({ kind, table, kept, lost }: Conflict): readonly [kept: JsonObject, lost: JsonObject] {
  if (kind === 'bib') return [kept.said, lost.said]
  if (table === 'participant_overrides') return [overridden(kept), overridden(lost)]
  return [differing(kept.said, lost.said), differing(lost.said, kept.said)]
}

function isOpen(reader: Reader, { kind, table, kept, lost }: Conflict): boolean {
  if (kind === 'bib') {
    const wears = ({ participantId, said }: Word): boolean =>
      reader.get(
        'SELECT 1 FROM effective_participants WHERE participant_id = ? AND bib_number = ?',
        participantId,
        said.bib_number,
      ) !== undefined
    return wears(kept) && wears(lost)
  }
  if (table !== 'participant_overrides') return true
  const stands = reader.get<{ at: number; by: string }>(
    'SELECT decided_at AS at, decided_by AS "by" FROM participant_overrides WHERE participant_id = ? AND field = ?',
    kept.participantId,
    kept.said.field,
  )
  return stands !== undefined && stands.at === kept.decidedAt && stands.by === kept.decidedBy
}

const nameOf = (reader: Reader, participantId: string | null): string | null =>
  participantId === null
    ? null
    : (reader.get<{ name: string }>(
        `SELECT TRIM(COALESCE(first_name, '') || ' ' || COALESCE(last_name, '')) AS name
         FROM effective_participants WHERE participant_id = ?`,
        participantId,
      )?.name ?? null)

/** Somebody's are among all; nobody has more. */
const ALL = 10_000

/** What two laptops decided apart, the last noticed first. */
export function conflictsShown(
  reader: Reader,
  laptopId: string,
  { participantId, limit }: { readonly participantId?: string | undefined; readonly limit: number },
): Shown[] {
  const word = (of: Word, decided: JsonObject): Shown['kept'] => ({
    participantId: of.participantId,
    name: nameOf(reader, of.participantId),
    decided: decided as Record<string, Json>,
    decidedBy: of.decidedBy,
    decidedAt: of.decidedAt,
    laptop: of.laptopId,
    thisLaptop: of.laptopId === laptopId,
  })
  return conflicts(reader, participantId === undefined ? limit : ALL)
    .filter(
      ({ kept, lost }) =>
        participantId === undefined ||
        kept.participantId === participantId ||
        lost.participantId === participantId,
    )
    .slice(0, limit)
    .map(conflict => {
      const [kept, lost] = decidedOf(conflict)
      return {
        ...{ kind: conflict.kind, table: conflict.table, noticedAt: conflict.noticedAt, why: conflict.why },
        open: isOpen(reader, conflict),
        ...{ kept: word(conflict.kept, kept), lost: word(conflict.lost, lost) },
      }
    })
}
