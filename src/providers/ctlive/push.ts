import { AppError } from '../../core/errors.ts'
import type { Entry, ProviderContext, PushOutcome, TargetRace } from '../provider.ts'
import { excerpt } from '../trouble.ts'
import { type Call, call } from './client.ts'
import { rowsUnder, writtenWire } from './wire.ts'

const AT_ONCE = 4

/**
 * Writes entries, up to four at once, and tells of each as it is answered. At the first trouble that is not one
 * record's, no more are sent, those under way are awaited, and the trouble is thrown.
 * An entry whose POST broke off may exist: read back before it is pushed again.
 */
export async function pushEntries(
  context: ProviderContext,
  target: TargetRace,
  batch: readonly Entry[],
  onOutcome: (outcome: PushOutcome) => void,
): Promise<void> {
  const waiting = [...batch]
  const troubles: unknown[] = []
  const worker = async (): Promise<void> => {
    while (troubles.length === 0) {
      const entry = waiting.shift()
      if (entry === undefined) return
      try {
        onOutcome(await writeEntry(context, target, entry))
      } catch (error) {
        troubles.push(error)
      }
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  if (troubles.length > 0) throw troubles[0]
}

/**
 * INFERRED, all of it: CTLive's introduction speaks of creating and updating resources over HTTP, and the names are
 * those of the entries it shows; no page and no client we know shows a request or an answer. That is: POST
 * /race/{id}/entry, PUT /entry/{id}, one flat JSON object, our key as entry_external_id, the entry as answer,
 * 400 or 422 for what is not valid, 409 for a bib that somebody has. `trackside verify` settles it.
 */
async function writeEntry(context: ProviderContext, target: TargetRace, entry: Entry): Promise<PushOutcome> {
  const { key, entryId } = entry
  const body = { ...entry.values, entry_external_id: key }
  const create: Call = {
    method: 'POST',
    path: `/race/${encodeURIComponent(target.targetRaceId)}/entry`,
    body,
  }
  const judged = [400, 409, 422]
  let answer =
    entryId === null
      ? await call(context, { ...create, accept: judged })
      : await call(context, {
          method: 'PUT',
          path: `/entry/${encodeURIComponent(entryId)}`,
          body,
          accept: [...judged, 404],
        })
  // Somebody deleted it there: it is made anew.
  const anew = entryId !== null && answer.status === 404
  if (anew) answer = await call(context, { ...create, accept: judged })

  if (answer.status >= 400) {
    const said = excerpt(answer.text(), answer.hide, 200)
    const taken = answer.status === 409
    return {
      key,
      ok: false,
      code: taken ? 'entry.bib-taken' : 'entry.invalid',
      message:
        said || (taken ? 'CTLive says that the bib is taken' : 'CTLive refused the entry without a word'),
    }
  }
  const known = anew ? null : entryId
  if (answer.text().trim() === '' && (answer.status === 201 || answer.status === 204))
    return { key, ok: true, entryId: known }
  const [row] = rowsUnder('race_entry', answer.json()) ?? []
  const read = writtenWire.safeParse(row ?? answer.json())
  if (!read.success) throw new AppError('provider.unreadable', `CTLive answered no entry: ${create.path}`)
  return { key, ok: true, entryId: read.data.entry_id ?? known }
}
