/** Literals, quoted names and comments, in which a question mark is one; else a bound value. */
const BOUND = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|\?/g

/**
 * The same statement with every bound value behind a plus, which changes neither value nor affinity. SQLite prepares a
 * statement again at its next run when a value that its plan might follow from is bound anew (built with STAT4, as
 * better-sqlite3 is): whatever joins or sorts was prepared at every run, for five times what the run itself takes. A
 * plan cannot follow from a value behind a plus, so a partial index is used only where its condition is written out.
 */
export const steady = (sql: string): string => sql.replace(BOUND, part => (part === '?' ? '+?' : part))
