import { participantId } from '../store/ids.ts'
import { type SourceRow, sayGone, storeParticipants } from '../store/participants.ts'
import { rowsWhere } from '../store/rows.ts'
import type { Store } from '../store/store.ts'
import type { Row } from '../store/tables.ts'
import type { Writer } from '../store/writer.ts'
import { breath } from './breath.ts'
import type { Fetched } from './preview-fetched.ts'

type EventRow = Row<'normalized_events'>

/** Some of what was fetched that can be stored without the rest: nobody's outcome follows from two pieces. */
export interface Piece {
  store(writer: Writer): void
  /** Whom the provider spoke of, or no longer did. */
  readonly people: readonly { readonly id: string; readonly event: EventRow }[]
}

interface Item {
  readonly id: string
  readonly event: EventRow
  readonly row: SourceRow
}

/** People of a piece, unless more of them hang together. */
const TOGETHER = 250
/** People who are looked up between two turns of the event loop. */
const LOOKED_UP = 1000

/**
 * What was fetched, in pieces. Those belong together whose bib is, was or becomes the same, and those of a transfer: the
 * source takes a bib from who was kept with it, and decisions follow a transfer.
 */
export async function piecesOf(store: Store, fetched: readonly Fetched[]): Promise<readonly Piece[]> {
  const items: Item[] = []
  const sets = createSets()
  for (const { event, rows } of fetched) {
    for (let at = 0; at < rows.length; at += LOOKED_UP) {
      const some = rows.slice(at, at + LOOKED_UP).map(row => {
        const key = row.participant.sourceParticipantId
        return { id: participantId(event.sourceProvider, event.sourceEventId, key), event, row }
      })
      const before = knownOf(
        store,
        some.map(({ id }) => id),
      )
      for (const item of some) {
        const { participant } = item.row
        const known = before.get(item.id)
        sets.join(item.id, `key|${participant.sourceParticipantId}`)
        for (const bib of [participant.values.bib_number, known?.bib])
          if (bib != null) sets.join(item.id, `bib|${event.id}|${bib}`)
        for (const key of [participant.successorId, known?.successorKey])
          if (key != null) sets.join(item.id, `key|${key}`)
        items.push(item)
      }
      await breath()
    }
  }
  const groups = new Map<string, Item[]>()
  for (const item of items) {
    const set = sets.of(item.id)
    const group = groups.get(set)
    if (group === undefined) groups.set(set, [item])
    else group.push(item)
  }
  const pieces: Piece[] = []
  let piece: Item[] = []
  for (const group of groups.values()) {
    piece.push(...group)
    if (piece.length < TOGETHER) continue
    pieces.push(pieceOf(piece))
    piece = []
  }
  if (piece.length > 0) pieces.push(pieceOf(piece))
  return [...pieces, ...fetched.flatMap(one => goneOf(store, one))]
}

function pieceOf(items: readonly Item[]): Piece {
  const byEvent = Map.groupBy(items, ({ event }) => event)
  return {
    store(writer) {
      for (const [event, some] of byEvent)
        storeParticipants(
          writer,
          event,
          some.map(({ row }) => row),
        )
    },
    people: items,
  }
}

/** Whoever a complete fetch did not bring, as gone. */
function goneOf(store: Store, { event, rows, whole }: Fetched): readonly Piece[] {
  if (!whole || rows.length === 0) return []
  const came = new Set(rows.map(({ participant }) => participant.sourceParticipantId))
  const missing = store.read
    .all<{ id: string; key: string }>(
      `SELECT id, source_participant_id AS key FROM normalized_participants
       WHERE normalized_event_id = ? AND source_provider = ? AND registration_status = 'registered'`,
      event.id,
      event.sourceProvider,
    )
    .filter(({ key }) => !came.has(key))
  const pieces: Piece[] = []
  for (let at = 0; at < missing.length; at += TOGETHER) {
    const people = missing.slice(at, at + TOGETHER).map(({ id }) => ({ id, event }))
    pieces.push({
      store(writer) {
        const ids = JSON.stringify(people.map(({ id }) => id))
        sayGone(
          writer,
          event,
          rowsWhere(
            writer,
            'normalized_participants',
            `id IN (SELECT value FROM json_each(?)) AND registration_status = 'registered'`,
            ids,
          ),
        )
      },
      people,
    })
  }
  return pieces
}

interface Known {
  readonly id: string
  readonly bib: string | null
  readonly successorKey: string | null
}

function knownOf(store: Store, ids: readonly string[]): ReadonlyMap<string, Known> {
  const rows = store.read.all<Known>(
    `SELECT p.id, p.bib_number AS bib, p.successor_key AS successorKey
     FROM json_each(?) j CROSS JOIN normalized_participants p ON p.id = j.value`,
    JSON.stringify(ids),
  )
  return new Map(rows.map(row => [row.id, row]))
}

/** Which names stand for the same set. */
function createSets() {
  const parents = new Map<string, string>()
  const of = (name: string): string => {
    let here = name
    for (;;) {
      const parent = parents.get(here)
      if (parent === undefined) return here
      const above = parents.get(parent)
      if (above === undefined) return parent
      parents.set(here, above)
      here = above
    }
  }
  return {
    of,
    join(one: string, other: string): void {
      const [a, b] = [of(one), of(other)]
      if (a !== b) parents.set(b, a)
    },
  }
}
