import type { Registration, RegistrationChanges } from './registrations.ts'
import { type Refuse, requestOf } from './runsignup-results.ts'

type Row = Readonly<Record<string, unknown>>
type Answer =
  | { readonly registration_id: number }
  | { readonly error: { readonly error_code: number; readonly error_msg: string } }

interface Parts {
  readonly find: (registrationId: number) => Registration | undefined
  readonly edit: (registrationId: number, changes: RegistrationChanges) => void
  /** Refunded or taken out: known still, and no longer changed. */
  readonly isInactive: (registrationId: number) => boolean
  readonly refuse: Refuse
}

const KNOWN = ['registration_id', 'bib_num', 'chip_num']

/**
 * POST participants, for numbers only. [G] The wrapper and the answer in order; [D] per-participant errors, null clears,
 * bib and chip of an inactive registration are ignored without a word.
 */
export function editNumbers(
  parts: Parts,
  eventId: number,
  body: string,
): { participants: readonly Answer[] } {
  const { participants } = requestOf(new URLSearchParams(body), parts.refuse)
  if (!Array.isArray(participants) || participants.length === 0)
    return parts.refuse(3, 'participants is required')
  return { participants: (participants as readonly Row[]).map(row => editOne(parts, eventId, row)) }
}

const refused = (error_code: number, error_msg: string): Answer => ({ error: { error_code, error_msg } })

function editOne(parts: Parts, eventId: number, row: Row): Answer {
  const { registration_id: id, bib_num: bib, chip_num: chip } = row
  const other = Object.keys(row).find(name => !KNOWN.includes(name))
  // The real one edits these too: here nobody means to.
  if (other !== undefined) return refused(3, `${other} is not expected`)
  if (typeof id !== 'number' || !Number.isInteger(id)) return refused(11, 'registration_id is required')
  const found = parts.find(id)
  if (found === undefined && parts.isInactive(id)) return { registration_id: id }
  if (found?.eventId !== eventId) return refused(15, 'Invalid registration_id')
  if (bib !== undefined && bib !== null && !(typeof bib === 'number' && Number.isInteger(bib) && bib > 0))
    return refused(115, 'Bib invalid')
  if (chip !== undefined && chip !== null && !(typeof chip === 'string' && chip !== ''))
    return refused(116, 'Chip invalid')
  parts.edit(id, {
    ...(bib === undefined ? {} : { bib: bib as number | null }),
    ...(chip === undefined ? {} : { chip: chip as string | null }),
  })
  return { registration_id: id }
}
