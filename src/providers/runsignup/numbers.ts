import { AppError } from '../../core/errors.ts'
import type { Numbers } from '../../core/model.ts'
import type { EventRef, NumbersOutcome, NumbersToWrite, ProviderContext } from '../provider.ts'
import { post, raceOf, understood } from './client.ts'
import { writtenWire } from './wire.ts'

/** Its bibs are JSON numbers. */
export const numbersProblem = ({ bib }: Numbers): string | null =>
  bib === null || /^[1-9]\d{0,8}$/.test(bib) ? null : `RunSignUp takes whole numbers for bibs, not ${bib}`

/**
 * INFERRED: how the rows are wrapped, and that the answer names each in its place, its own error with it. Documented: that
 * registration_id edits, that what is left out stays, that trouble comes per participant.
 */
export async function writeNumbers(
  context: ProviderContext,
  event: EventRef,
  batch: readonly NumbersToWrite[],
): Promise<readonly NumbersOutcome[]> {
  const path = `/race/${raceOf(event)}/participants`
  const participants = batch.map(({ sourceParticipantId, bib, chip }) => ({
    registration_id: Number(sourceParticipantId),
    ...(bib === null ? {} : { bib_num: Number(bib) }),
    ...(chip === null ? {} : { chip_num: chip }),
  }))
  const answer = await post(context, path, { event_id: event.sourceEventId }, { participants })
  const { participants: rows } = understood(writtenWire, answer, path)
  const strange = rows.some(
    ({ registration_id: id }, index) => id !== null && id !== batch[index]?.sourceParticipantId,
  )
  if (rows.length !== batch.length || strange)
    throw new AppError(
      'provider.unreadable',
      `RunSignUp answered ${rows.length} registrations to ${batch.length} sent, or others: ${path}`,
    )
  return batch.map(({ sourceParticipantId }, index): NumbersOutcome => {
    const error = rows[index]?.error
    if (error === undefined) return { sourceParticipantId, ok: true }
    const { error_code: code, error_msg: said } = error
    const message = `RunSignUp says error${code === null ? '' : ` ${code}`}${said === null ? '' : ` (${said})`}`
    return { sourceParticipantId, ok: false, message: answer.hide(message) }
  })
}
