import { AppError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/runtime.ts'
import type { Entry, ProviderContext, PushOutcome, TargetRace } from '../provider.ts'
import { excerpt } from '../trouble.ts'
import { postRegistrations } from './client.ts'

/** When so many were refused and nobody was taken, it is not the people. */
const MOST_REFUSED = 10

/**
 * Sends entries as one array. The request is documented; its answer is not. INFERRED: 2xx took everybody; 400, 409 or 422
 * took nobody, for the sake of one; the same id again corrects the first. So a refused array is halved until it is known
 * who is meant. Nobody knows either whether what is sent reaches the timing: reading it back settles that.
 */
export async function pushEntries(
  context: ProviderContext,
  target: TargetRace,
  batch: readonly Entry[],
  onOutcome: (outcome: PushOutcome) => void,
): Promise<void> {
  let taken = 0
  let refused = 0
  const send = async (entries: readonly Entry[]): Promise<void> => {
    const answer = await postRegistrations(
      context,
      entries.map(entry => registrantOf(entry, target)),
    )
    if (answer.status < 400) {
      taken += entries.length
      // Its id there is the one we gave it.
      for (const { key } of entries) onOutcome({ key, ok: true, entryId: key })
      return
    }
    const said = excerpt(answer.text(), answer.hide, 200)
    const [one] = entries
    if (entries.length > 1) {
      const half = Math.ceil(entries.length / 2)
      await send(entries.slice(0, half))
      await send(entries.slice(half))
    } else if (one) {
      refused += 1
      onOutcome({
        key: one.key,
        ok: false,
        code: answer.status === 409 ? 'entry.bib-taken' : 'entry.invalid',
        message: said || 'Copernico refused the entry without a word',
      })
      if (taken === 0 && refused >= MOST_REFUSED)
        throw new AppError(
          'provider.refused',
          `Copernico refused the first ${refused} entries one by one: ${said}`,
        )
    }
  }
  if (batch.length > 0) await send(batch)
}

const registrantOf = ({ key, values }: Entry, target: TargetRace): JsonObject => ({
  ...values,
  id: key,
  raceId: target.targetEventId,
  eventId: target.targetRaceId,
})
