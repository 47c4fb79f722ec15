import { bibKey, chipKey } from '../core/identity.ts'
import { idOf } from './ids.ts'
import type { Reader } from './reader.ts'
import type { Writer } from './writer.ts'

export interface ChipOnBib {
  readonly chip: string
  readonly bib: string
}

/** What a supplier's list changes, before and after it did. Chips are chipKeys, bibs bibKeys. */
export interface BibChipsPlan {
  readonly added: readonly ChipOnBib[]
  /** On another bib until now. */
  readonly moved: readonly (ChipOnBib & { readonly from: string })[]
  readonly kept: number
  /** On a bib until now and not in the list, which replaces. */
  readonly removed: readonly ChipOnBib[]
  /** Chips that the list puts on several bibs; the last of each holds. */
  readonly doubled: readonly { readonly chip: string; readonly bibs: readonly string[] }[]
  /** Bibs of the list that nobody registered wears. */
  readonly unworn: readonly string[]
  /** Bibs worn without a chip afterwards. */
  readonly bare: readonly string[]
}

interface Stored {
  readonly chip: string
  readonly bib: string
  readonly removed: number
  readonly createdAt: number
}

const stored = (reader: Reader, raceDayId: string): readonly Stored[] =>
  reader.all<Stored>(
    'SELECT chip, bib_number AS bib, removed, created_at AS createdAt FROM bib_chips WHERE race_day_id = ?',
    raceDayId,
  )

/** 7 before 12, and quickly. */
const shortFirst = (one: string, other: string): number => one.length - other.length || (one < other ? -1 : 1)

/** Bibs (bibKey) that somebody registered wears on a race day. */
export const wornBibs = (reader: Reader, raceDayId: string): ReadonlySet<string> =>
  new Set(
    reader
      .all<{ bib: string }>(
        `SELECT DISTINCT bib_key AS bib FROM effective_participants
         WHERE bib_key IS NOT NULL AND registration_status = 'registered' AND normalized_event_id IN
           (SELECT normalized_event_id FROM race_day_events WHERE race_day_id = ? AND removed = 0)`,
        raceDayId,
      )
      .map(row => row.bib),
  )

/** What the supplier's list of chips on bibs would change. With `replace`, a chip not in it is on no bib any more. */
export function planBibChips(
  reader: Reader,
  raceDayId: string,
  list: readonly ChipOnBib[],
  options: { readonly replace?: boolean } = {},
): BibChipsPlan {
  const wanted = new Map<string, string>()
  const several = new Map<string, Set<string>>()
  for (const entry of list) {
    const chip = chipKey(entry.chip)
    const bib = bibKey(entry.bib)
    if (chip === '' || bib === '') continue
    const said = wanted.get(chip)
    if (said !== undefined && said !== bib)
      several.set(chip, new Set([...(several.get(chip) ?? [said]), bib]))
    wanted.set(chip, bib)
  }
  const now = new Map<string, string>()
  for (const row of stored(reader, raceDayId)) if (row.removed === 0) now.set(row.chip, row.bib)
  const added: ChipOnBib[] = []
  const moved: (ChipOnBib & { readonly from: string })[] = []
  for (const [chip, bib] of wanted) {
    const from = now.get(chip)
    if (from === undefined) added.push({ chip, bib })
    else if (from !== bib) moved.push({ chip, bib, from })
  }
  const left = [...now].filter(([chip]) => !wanted.has(chip)).map(([chip, bib]) => ({ chip, bib }))
  const worn = wornBibs(reader, raceDayId)
  const listed = new Set(wanted.values())
  const chipped = new Set(options.replace ? listed : [...listed, ...left.map(({ bib }) => bib)])
  return {
    added,
    moved,
    kept: wanted.size - added.length - moved.length,
    removed: options.replace ? left : [],
    doubled: [...several].map(([chip, bibs]) => ({ chip, bibs: [...bibs] })),
    unworn: [...listed].filter(bib => !worn.has(bib)).sort(shortFirst),
    bare: [...worn].filter(bib => !chipped.has(bib)).sort(shortFirst),
  }
}

/** Puts the supplier's list into the store; what changed is what was planned. */
export function setBibChips(
  writer: Writer,
  raceDayId: string,
  list: readonly ChipOnBib[],
  options: { readonly replace?: boolean } = {},
): BibChipsPlan {
  const plan = planBibChips(writer, raceDayId, list, options)
  const known = new Map(stored(writer, raceDayId).map(row => [row.chip, row]))
  const keep = ({ chip, bib }: ChipOnBib, removed: boolean): void => {
    writer.put('bib_chips', {
      id: idOf('bib_chips', raceDayId, chip),
      timingPartnerId: writer.partnerId,
      raceDayId,
      chip,
      bibNumber: bib,
      removed,
      clock: writer.clock,
      seenClock: null,
      createdAt: known.get(chip)?.createdAt ?? writer.at,
      updatedAt: writer.at,
    })
    writer.staleLink(`chip|${chip}`)
  }
  for (const one of [...plan.added, ...plan.moved]) keep(one, false)
  for (const one of plan.removed) keep(one, true)
  const after = { added: plan.added.length, changed: plan.moved.length, removed: plan.removed.length }
  if (after.added + after.changed + after.removed > 0) {
    writer.audit({ action: 'chip list', table: 'bib_chips', rowId: raceDayId, before: null, after })
  }
  return plan
}
