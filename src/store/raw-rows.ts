/** A row as SQLite keeps it: names with underscores, ms, 0 and 1, JSON as text. */
export type RawRow = Readonly<Record<string, string | number | null>>
