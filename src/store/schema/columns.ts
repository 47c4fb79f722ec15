import { integer, text } from 'drizzle-orm/sqlite-core'

// Text has no length: the existing platform lost 2,174 rows to VARCHAR(20). Moments are ms UTC.

export const id = () => text().primaryKey()
export const partner = () => integer().notNull()
export const made = { createdAt: integer().notNull(), updatedAt: integer().notNull() }
/** The hybrid clock of the last writer, for tables that several laptops may change. */
export const clock = () => text().notNull()
/** The newest clock of another laptop's word that the writer had seen: whoever's is later was not thought of. Kept by `put`. */
export const seenClock = () => text()
export const json = <T>() => text({ mode: 'json' }).$type<T>()
