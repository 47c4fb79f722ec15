import { type OpenOptions, openDatabase } from './open.ts'
import { openStore } from './store.ts'

/** How a database came to stand where it did not grow. */
export type Arrival = 'moved' | 'restored'

/** What belongs to the place the database came from, and not to the one it comes to. */
const LEFT_BEHIND: Readonly<Record<Arrival, readonly string[]>> = {
  moved: [
    "DELETE FROM settings WHERE key IN ('laptop_id', 'backup_folder')",
    // Its file is in the old laptop's data folder; a new one is made here.
    "DELETE FROM access_tokens WHERE name = 'manager'",
  ],
  restored: ["DELETE FROM settings WHERE key = 'laptop_id'"],
}

/**
 * Gives a database that was moved or restored a laptop id of its own, before anybody works with it. What the old id
 * wrote after the copy was made may live on elsewhere, so nobody goes on in its name: its audit chain ends as it is,
 * and the first entry of the new chain says where. The hybrid clock goes on from the old one's last moment, so that
 * what is decided here comes after all that is in the database.
 * @returns the new laptop id
 * @throws AppError store.damaged, store.newer, store.unwritable
 */
export function startNewLaptop(options: OpenOptions, arrival: Arrival): string {
  const sqlite = openDatabase(options)
  const from = sqlite.prepare("SELECT value FROM settings WHERE key = 'laptop_id'").pluck().get()
  const laptopId = typeof from === 'string' ? String(JSON.parse(from)) : null
  const chain = sqlite
    .prepare('SELECT sequence, hash FROM audit_log WHERE laptop_id = ? ORDER BY sequence DESC LIMIT 1')
    .get(laptopId) as { readonly sequence: number; readonly hash: string } | undefined
  sqlite.transaction(() => {
    for (const statement of LEFT_BEHIND[arrival]) sqlite.exec(statement)
  })()
  sqlite.close()
  const store = openStore(options)
  try {
    store.write(writer =>
      writer.audit({
        action: `database ${arrival}`,
        table: 'settings',
        rowId: 'laptop_id',
        before: { laptop_id: laptopId, sequence: chain?.sequence ?? 0, hash: chain?.hash ?? '' },
        after: { laptop_id: store.laptopId },
      }),
    )
    return store.laptopId
  } finally {
    store.close()
  }
}
