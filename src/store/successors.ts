import { rowWhere } from './rows.ts'
import type { Writer } from './writer.ts'

/**
 * Somebody's successor is another now. Reads that were linked to whom they had become, at the end of the way from the
 * successor before, are linked again: those that the crew gave to somebody are found by nothing else.
 */
export function staleAlong(writer: Writer, successorBefore: string | null): void {
  const met = new Set<string>()
  for (let id = successorBefore; id !== null && !met.has(id); ) {
    met.add(id)
    writer.staleLink(`participant|${id}`)
    id = rowWhere(writer, 'normalized_participants', 'id = ?', id)?.successorId ?? null
  }
}
