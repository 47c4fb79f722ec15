import type { MappingFitness } from '../api/mapping.ts'
import type { MappingConfig } from '../core/mapping.ts'
import { type ConnectionRow, mappingOf } from '../store/connections.ts'
import { between, mappedPerson, peopleToSend } from './mapped-people.ts'
import type { AppParts } from './parts.ts'

/** People between two breaths, so that reads are journalled meanwhile. */
const CHUNK = 50
const LISTED = 100

const breath = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

type Refused = MappingFitness['refused'][number]

/** Everybody through a mapping: how many fit, and who does not for which field. */
export async function mappingFitness(
  parts: AppParts,
  connection: ConnectionRow,
  tried: MappingConfig | null,
  signal: AbortSignal | undefined,
): Promise<MappingFitness> {
  const { read } = parts.store
  const sides = between(connection, tried ?? mappingOf(read, connection.id).mapping)
  const ids = peopleToSend(parts, connection)
  const refused = new Map<string, Refused>()
  let fit = 0
  let withoutBib = 0
  for (let start = 0; start < ids.length; start += CHUNK) {
    signal?.throwIfAborted()
    for (const id of ids.slice(start, start + CHUNK)) {
      const person = mappedPerson(read, sides, id)
      if (person === null) continue
      if (person.refusals.length === 0) fit += 1
      if (person.ours.bib_number === null) withoutBib += 1
      const { participantId, name, bibNumber, eventName } = person
      for (const { field, code, reason } of person.refusals) {
        const before = refused.get(`${field} ${code}`) ?? { field, code, people: 0, first: [] }
        const listed = { participantId, name, bibNumber, eventName, reason }
        refused.set(`${field} ${code}`, {
          ...before,
          people: before.people + 1,
          first: before.first.length < LISTED ? [...before.first, listed] : before.first,
        })
      }
    }
    await breath()
  }
  return { people: ids.length, fit, withoutBib, refused: [...refused.values()] }
}
