import type Database from 'better-sqlite3'
import { lettersOf, mayFit, nameFit, nameQuery } from '../core/name-match.ts'

/** People whose names are held at once, some 150 bytes each; beyond that the events searched longest ago are let go. */
const HELD = 300_000
/** Places a shelf begins with. */
const ROOM = 1024
/** More changes of one event than this are read as the whole event again. */
const SINGLY = 1000
/** People read at a time: some 2 ms, three times that where their pages are cold. */
const PIECE = 1000

/** One event's names in memory. A person who left keeps an empty place until the event is read again. */
interface Shelf {
  readonly ids: string[]
  readonly names: string[]
  /** Of each name, with room for more: a search looks at all of these, and at few of the names. */
  letters: Int32Array
  readonly places: Map<string, number>
  readonly changed: Set<string>
  /** Up to where the event was read; null: to its end. */
  readTo: Pick<PieceRow, 'changedAt' | 'rowid'> | null
}

interface Found {
  readonly id: string
  readonly name: string
  readonly cost: number
}

/** Names in memory, an event at a time, read when it is first searched and never behind the store. */
export interface NameIndex {
  /** Ids of people by any part of a folded name, best first; typos are forgiven when nothing better fills the list. */
  find(eventIds: readonly string[], folded: string, limit: number): readonly string[]
  /**
   * Reads a piece of what a search of these events would have to read first; false when that is little or nothing. For
   * whoever may let others have a turn in between: 60,000 people take 0.15 s.
   */
  readOn(eventIds: readonly string[]): boolean
}

interface NameRow {
  readonly id: string
  readonly name: string
}

interface PieceRow extends NameRow {
  readonly changedAt: number
  readonly rowid: number
}

const FROM_THE_FIRST = { changedAt: Number.MIN_SAFE_INTEGER, rowid: 0 }

/**
 * Follows effective_participants by a trigger of this connection alone, so that no way of writing passes it by and no
 * clock is asked; of events that nobody searches SQLite tells nothing, or each person of a sync would be told. What is
 * noted is read again before the next answer; of a transaction that is rolled back too much was noted, never too little.
 */
export function createNameIndex(sqlite: Database.Database): NameIndex {
  const shelves = new Map<string, Shelf>()
  sqlite.function('trackside_name_changed', (eventId, participantId) => {
    shelves.get(String(eventId))?.changed.add(String(participantId))
    return null
  })
  sqlite.exec(TRIGGERS)
  const follow = sqlite.prepare('INSERT OR IGNORE INTO temp.searched_events VALUES (?)')
  const leave = sqlite.prepare('DELETE FROM temp.searched_events WHERE event_id = ?')
  // In the order of their changes: nearly that of the table, whose pages are read once so.
  const piece = sqlite.prepare<[string, number, number, number], PieceRow>(
    `SELECT participant_id AS id, name_folded AS name, changed_at AS changedAt, rowid FROM effective_participants
     WHERE normalized_event_id = ? AND (changed_at, rowid) > (?, ?) ORDER BY changed_at, rowid LIMIT ?`,
  )
  const one = sqlite.prepare<[string, string], NameRow>(
    `SELECT participant_id AS id, name_folded AS name FROM effective_participants
     WHERE participant_id = ? AND normalized_event_id = ?`,
  )

  const place = (shelf: Shelf, id: string, name: string): void => {
    const at = shelf.places.get(id) ?? shelf.ids.length
    if (at === shelf.ids.length) shelf.places.set(id, at)
    shelf.ids[at] = id
    shelf.names[at] = name
    if (at >= shelf.letters.length) {
      const roomier = new Int32Array(Math.max(ROOM, shelf.letters.length * 2))
      roomier.set(shelf.letters)
      shelf.letters = roomier
    }
    shelf.letters[at] = lettersOf(name)
  }
  /** What changes meanwhile is noted, or comes later in that order. */
  const readPiece = (eventId: string, shelf: Shelf): void => {
    if (shelf.readTo === null) return
    const rows = piece.all(eventId, shelf.readTo.changedAt, shelf.readTo.rowid, PIECE)
    for (const { id, name } of rows) {
      place(shelf, id, name)
      if (!sqlite.inTransaction) shelf.changed.delete(id)
    }
    const last = rows.at(-1)
    shelf.readTo = rows.length < PIECE || last === undefined ? null : last
  }
  /** The one there is; else, or where too much has changed, one that is to be read. */
  const shelfOf = (eventId: string): Shelf => {
    const known = shelves.get(eventId)
    if (known !== undefined && (known.readTo !== null || known.changed.size <= SINGLY)) return known
    const shelf: Shelf = {
      ...{ ids: [], names: [], letters: new Int32Array(ROOM), places: new Map() },
      ...{ changed: known?.changed ?? new Set(), readTo: FROM_THE_FIRST },
    }
    // Begun within a transaction, it serves this once: who was changed before is not noted.
    if (sqlite.inTransaction) return shelf
    follow.run(eventId)
    shelves.set(eventId, shelf)
    return shelf
  }
  const current = (eventId: string): Shelf => {
    const shelf = shelfOf(eventId)
    while (shelf.readTo !== null) readPiece(eventId, shelf)
    for (const id of shelf.changed) {
      const row = one.get(id, eventId)
      if (row !== undefined || shelf.places.has(id)) place(shelf, id, row?.name ?? '')
    }
    // Within a transaction it is not sure yet: what was noted is read once more afterwards.
    if (!sqlite.inTransaction) shelf.changed.clear()
    if (shelves.delete(eventId)) shelves.set(eventId, shelf)
    return shelf
  }
  const letGo = (): void => {
    let held = 0
    for (const shelf of shelves.values()) held += shelf.ids.length
    for (const [eventId, shelf] of shelves) {
      if (held <= HELD) return
      // Within a transaction that is rolled back it would be followed still, and told for nothing.
      leave.run(eventId)
      shelves.delete(eventId)
      held -= shelf.ids.length
    }
  }

  return {
    find(eventIds, folded, limit) {
      const query = nameQuery(folded)
      if (query.words.length === 0) return []
      const searched = eventIds.map(current)
      let found: readonly Found[] = []
      let enough = limit
      for (let edits = 0; edits <= query.forgiven && found.length < enough; edits++) {
        // A second typo is only thought of when nobody fits without.
        if (edits === 1) enough = 1
        const best = createBest(limit)
        for (const { ids, names, letters } of searched) {
          const held = names.length
          for (let n = 0; n < held; n++) {
            const those = letters[n] ?? 0
            if (!mayFit(query, those, edits)) continue
            const name = names[n] ?? ''
            const cost = name === '' ? null : nameFit(query, name, those, edits)
            if (cost !== null) best.offer(ids[n] ?? '', name, cost)
          }
        }
        found = best.list
      }
      letGo()
      return found.map(({ id }) => id)
    },
    readOn(eventIds) {
      if (sqlite.inTransaction) return false
      for (const eventId of eventIds) {
        const shelf = shelfOf(eventId)
        if (shelf.readTo === null) continue
        readPiece(eventId, shelf)
        return true
      }
      return false
    },
  }
}

/** The best so many: by cost, then by name, then by id. */
function createBest(limit: number) {
  const list: Found[] = []
  const before = (one: Found, other: Found): boolean =>
    one.cost !== other.cost
      ? one.cost < other.cost
      : one.name !== other.name
        ? one.name < other.name
        : one.id < other.id
  return {
    list,
    offer(id: string, name: string, cost: number): void {
      const last = list.length < limit ? undefined : list.at(-1)
      if (last !== undefined && cost > last.cost) return
      const found = { id, name, cost }
      if (last !== undefined && !before(found, last)) return
      const at = list.findIndex(other => before(found, other))
      list.splice(at < 0 ? list.length : at, 0, found)
      if (list.length > limit) list.pop()
    },
  }
}

const IS_SEARCHED = (row: 'NEW' | 'OLD'): string =>
  `EXISTS (SELECT 1 FROM temp.searched_events WHERE event_id = ${row}.normalized_event_id)`

const TRIGGERS = `
  CREATE TEMP TABLE searched_events (event_id TEXT PRIMARY KEY) WITHOUT ROWID;
  CREATE TEMP TRIGGER name_added AFTER INSERT ON main.effective_participants WHEN ${IS_SEARCHED('NEW')} BEGIN
    SELECT trackside_name_changed(NEW.normalized_event_id, NEW.participant_id);
  END;
  CREATE TEMP TRIGGER name_changed AFTER UPDATE ON main.effective_participants
  WHEN (NEW.name_folded <> OLD.name_folded OR NEW.normalized_event_id <> OLD.normalized_event_id
    OR NEW.participant_id <> OLD.participant_id OR NEW.changed_at < OLD.changed_at) AND (${IS_SEARCHED('OLD')} OR ${IS_SEARCHED('NEW')}) BEGIN
    SELECT trackside_name_changed(OLD.normalized_event_id, OLD.participant_id),
      trackside_name_changed(NEW.normalized_event_id, NEW.participant_id);
  END;
  CREATE TEMP TRIGGER name_left AFTER DELETE ON main.effective_participants WHEN ${IS_SEARCHED('OLD')} BEGIN
    SELECT trackside_name_changed(OLD.normalized_event_id, OLD.participant_id);
  END;
`
