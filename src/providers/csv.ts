const cell = (value: string): string =>
  /[",\r\n]|^\s|\s$/.test(value) ? `"${value.replaceAll('"', '""')}"` : value

/**
 * Rows as RFC 4180 writes them, CRLF at every end.
 * No byte-order mark: an importer that maps by header would take it for a part of the first column's name.
 */
export const csvText = (rows: readonly (readonly string[])[]): string =>
  rows.map(row => `${row.map(cell).join(',')}\r\n`).join('')
